// Formulas in, HTML with MathML out: one JSON array on stdin, one on stdout.
// Each entry comes back as {html} or {error, position}.
import katex from "katex"

let input = ""
for await (const chunk of process.stdin) input += chunk
const results = JSON.parse(input).map(({ tex, display }) => {
  try {
    const html = katex.renderToString(tex, {
      displayMode: display, output: "htmlAndMathml", strict: "error", throwOnError: true,
    })
    return { html }
  } catch (error) {
    return { error: error.rawMessage ?? error.message, position: error.position ?? 0 }
  }
})
process.stdout.write(JSON.stringify(results))
