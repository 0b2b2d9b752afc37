// {sheet, site} in, the style sheet without the rules that no page or script uses out, as JSON.
import { PurgeCSS } from "purgecss"

let input = ""
for await (const chunk of process.stdin) input += chunk
const { sheet, site } = JSON.parse(input)
const [{ css }] = await new PurgeCSS().purge({
  content: [`${site}/**/*.html`, `${site}/assets/**/*.js`],
  css: [sheet],
  // Class names of the pages, whole, with the colons and slashes that some contain.
  defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
  // States that a browser or a script sets.
  safelist: { standard: [/^:/, "js", "no-js"], greedy: [/data-md-/, /^katex/, /details-content/] },
  variables: false, keyframes: true, fontFace: false,
})
process.stdout.write(JSON.stringify(css))
