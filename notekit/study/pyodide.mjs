// Runs pieces of code in Pyodide, each as a module of its own: JSON in, JSON out.
// Takes {core, packages, runner, items: [{code, files, name}]}: the folders of Pyodide and of
// its packages, the source of runner.py, and what to run, in this order.
// Answers [{ok, output, error, cut, seconds}].
import { readFileSync } from "node:fs"
import { pathToFileURL } from "node:url"

const { core, packages, runner, items } = JSON.parse(readFileSync(0, "utf8"))
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`))
const quiet = () => {}
const python = await loadPyodide({
  indexURL: core, packageCacheDir: packages, stdout: quiet, stderr: quiet,
})
const all = items.flatMap(({ code, files }) => [code, ...Object.values(files ?? {})])
if (all.some((text) => /\bnumpy\b/.test(text))) {
  await python.loadPackage("numpy", { messageCallback: quiet, errorCallback: quiet })
}
python.runPython(runner)
python.globals.set("say", quiet)
const run = python.runPython('Runner("/home/pyodide/note", say).run')
const answers = items.map(({ code, files, name }) => {
  const start = performance.now()
  const answer = JSON.parse(run(code, JSON.stringify(files ?? {}), name ?? "block"))
  return { ...answer, seconds: (performance.now() - start) / 1000 }
})
process.stdout.write(JSON.stringify(answers), () => process.exit(0))
