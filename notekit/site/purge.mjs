// {sheet, site} in, the style sheet without the rules that no page or script uses out, as JSON.
import { PurgeCSS } from "purgecss"

let input = ""
for await (const chunk of process.stdin) input += chunk
const { sheet, site } = JSON.parse(input)
const words = (text) => text.match(/[\w-]+/g) ?? []
// Of a page, what stands in its tags: a word of the text, such as "note" or "warning", is
// no class. Neither is what a link or a description says.
const tags = (html) => words(html
  .replace(/>[^<]*</g, "><")
  .replace(/\b(href|src|title|content|alt|d|aria-\w+|data-\w+)="[^"]*"/g, "$1"))
const [{ css }] = await new PurgeCSS().purge({
  content: [`${site}/**/*.html`, `${site}/assets/**/*.js`],
  css: [sheet],
  defaultExtractor: words,
  extractors: [{ extractor: tags, extensions: ["html"] }],
  // States that a browser or a script sets.
  safelist: { standard: [/^:/, "js", "no-js"], greedy: [/^data-md-color-scheme$/, /^katex/, /details-content/] },
  variables: true, keyframes: true, fontFace: true,
})
process.stdout.write(JSON.stringify(css))
