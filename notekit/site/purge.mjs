// [{css, words}] in, each style sheet without the rules that none of its words calls for out.
import { PurgeCSS } from "purgecss"

let input = ""
for await (const chunk of process.stdin) input += chunk
const answers = []
for (const { css, words } of JSON.parse(input)) {
  const [answer] = await new PurgeCSS().purge({
    content: [{ raw: words.join(" "), extension: "txt" }],
    css: [{ raw: css }],
    defaultExtractor: (text) => text.split(" "),
    // States that a browser or a script sets. Fonts stay: PurgeCSS does not see those named
    // by the short `font:`, and those that no letter needs are gone before.
    safelist: { standard: [/^:/, "js", "no-js"], greedy: [/^data-md-color-scheme$/, /details-content/] },
    variables: true, keyframes: true,
  })
  answers.push(answer.css)
}
process.stdout.write(JSON.stringify(answers))
