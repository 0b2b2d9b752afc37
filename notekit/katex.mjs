// Formulas in, HTML with MathML out: one JSON array on stdin, one on stdout.
// Each entry comes back as {html} or {error, position}. The HTML has no elements that only
// repeat: TeX is an attribute of the MathML, the row around all of it is understood, and the
// struts are made by the style sheet.
import katex from "katex"

let input = ""
for await (const chunk of process.stdin) input += chunk
// Links, pictures, classes and styles are not for formulas.
const trust = ({ command }) => { throw new katex.ParseError(`${command} may not be used`) }
const alone = /<mrow>(<(mi|mn)(?: [^>]*)?>[^<]*<\/\2>)<\/mrow>/g
const strut = /<span class="katex-base"><span class="katex-strut" style="height:([^;"]+);(?:vertical-align:([^;"]+);)?"><\/span>/g
const whole = (row) => { // whether its first tag is ended by its last
  let depth = 0
  const ends = [...row.matchAll(/<(\/?)mrow\b[^>]*>/g)]
    .filter(([, end]) => (depth += end ? -1 : 1) === 0)
  return row.startsWith("<mrow>") && ends[0].index + ends[0][0].length === row.length
}
const slim = (html) => html
  .replace(
    /<math([^>]*)><semantics>(.*)<annotation encoding="application\/x-tex">(.*)<\/annotation><\/semantics>/s,
    (_, attributes, row, tex) =>
      `<math${attributes} alttext="${tex}">${whole(row) ? row.slice(6, -7) : row}`,
  )
  .replace(alone, "$1")
  .replace(strut, (_, height, depth) =>
    `<span class="katex-base" style="--h:${height};--v:${depth ?? 0}">`)
const results = JSON.parse(input).map(({ tex, display }) => {
  try {
    const html = katex.renderToString(tex, {
      displayMode: display, output: "htmlAndMathml", strict: "error", throwOnError: true,
      trust, maxSize: 20, maxExpand: 500,
    })
    return { html: slim(html) }
  } catch (error) {
    return { error: error.rawMessage ?? error.message, position: error.position ?? 0 }
  }
})
process.stdout.write(JSON.stringify(results))
