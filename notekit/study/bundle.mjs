// One file of a script and of what it imports: [{name, code}] in, [code] out.
import { build } from "esbuild"
import { readFileSync } from "node:fs"

const requests = JSON.parse(readFileSync(0, "utf8"))
const bundles = requests.map(async ({ name, code }) => {
  const made = await build({
    stdin: { contents: code, resolveDir: process.cwd(), sourcefile: name, loader: "js" },
    bundle: true, minify: true, write: false, format: "esm", target: "es2022", legalComments: "none", logLevel: "silent",
  })
  return made.outputFiles[0].text
})
process.stdout.write(JSON.stringify(await Promise.all(bundles)))
