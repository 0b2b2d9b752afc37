// Graphs in, Graphviz's layouts of them out: one JSON array on stdin, one on stdout.
import { instance } from "@viz-js/viz"

let input = ""
for await (const chunk of process.stdin) input += chunk
const viz = await instance()
process.stdout.write(JSON.stringify(JSON.parse(input).map((graph) => viz.renderJSON(graph))))
