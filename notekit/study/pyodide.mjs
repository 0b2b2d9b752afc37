// Runs pieces of code in Pyodide, each as a module of its own: JSON in, JSON out.
// Takes {core, packages, runner, items: [{code, files, name}]}: the folders of Pyodide and of
// its packages, the source of runner.py, and what to run, in this order. An item may have a
// timeout in milliseconds. Answers [{ok, output, error, cut, seconds}]; an error of no
// exception has the type "TimeLimit" or "Crashed". The seconds are those of the processor, which
// others that keep the machine busy do not lengthen.
import { readFileSync } from "node:fs"
import { pathToFileURL } from "node:url"
import { Worker } from "node:worker_threads"

const { core, packages, runner, items } = JSON.parse(readFileSync(0, "utf8"))
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`))
const quiet = () => {}
const all = items.flatMap(({ code, files }) => [code, ...Object.values(files ?? {})])
const numpy = all.some((text) => /\bnumpy\b/.test(text))
const started = async () => {
  const loaded = await loadPyodide({
    indexURL: core, packageCacheDir: packages, stdout: quiet, stderr: quiet,
  })
  if (numpy) await loaded.loadPackage("numpy", { messageCallback: quiet, errorCallback: quiet })
  loaded.setInterruptBuffer(interrupt)
  loaded.runPython(runner)
  loaded.globals.set("say", quiet)
  return loaded.runPython('Runner("/home/pyodide/note", say)')
}

// This thread is busy while Python runs: another one looks at the clock.
const interrupt = new Uint8Array(new SharedArrayBuffer(1))
const clock = new Worker(`
  const { parentPort, workerData } = require("node:worker_threads")
  let timer
  parentPort.on("message", (milliseconds) => {
    clearInterval(timer)
    const again = () => { workerData[0] = 2 } // SIGINT; again, if code catches the first
    if (milliseconds) timer = setTimeout(() => { again(); timer = setInterval(again, 100) }, milliseconds)
  })
`, { eval: true, workerData: interrupt })

let python
const answers = []
for (const { code, files, name, timeout } of items) {
  python ??= await started()
  python.put(JSON.stringify(files ?? {}))
  const start = process.cpuUsage()
  let answer
  interrupt[0] = 0
  clock.postMessage(timeout ?? 0)
  try {
    answer = JSON.parse(python.run(code, name ?? "block"))
    if (answer.error?.type === "KeyboardInterrupt") answer.error.type = "TimeLimit"
  } catch (error) { // of Pyodide itself: what is left of it is of no use
    const type = /\bKeyboardInterrupt\b/.test(error.message) ? "TimeLimit" : "Crashed"
    answer = { ok: false, output: "", error: { type, message: error.message, line: null }, cut: false }
    python = undefined
  }
  clock.postMessage(0)
  answers.push({ ...answer, seconds: process.cpuUsage(start).user / 1e6 })
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0))
