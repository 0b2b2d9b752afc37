// Formulas in, HTML with MathML out: one JSON array on stdin, one on stdout.
// Each entry comes back as {html} or {error, position}.
import katex from "katex"

let input = ""
for await (const chunk of process.stdin) input += chunk
// Links, pictures, classes and styles are not for formulas.
const trust = ({ command }) => { throw new katex.ParseError(`${command} may not be used`) }
const results = JSON.parse(input).map(({ tex, display }) => {
  try {
    const html = katex.renderToString(tex, {
      displayMode: display, output: "htmlAndMathml", strict: "error", throwOnError: true,
      trust, maxSize: 20, maxExpand: 500,
    })
    return { html }
  } catch (error) {
    return { error: error.rawMessage ?? error.message, position: error.position ?? 0 }
  }
})
process.stdout.write(JSON.stringify(results))
