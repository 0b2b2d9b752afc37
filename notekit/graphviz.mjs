// A graph in, Graphviz's layout of it out: JSON on stdin, JSON on stdout.
import { instance } from "@viz-js/viz"

let input = ""
for await (const chunk of process.stdin) input += chunk
const viz = await instance()
process.stdout.write(JSON.stringify(viz.renderJSON(JSON.parse(input))))
