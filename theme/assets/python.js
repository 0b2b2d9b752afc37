// Python in the page, in a worker: nothing is fetched before `start` or the first `run`.
//
//   python.start(onprogress, { numpy })  loads it; onprogress({ loaded, total }) in bytes
//   python.run({ code, files, name, onoutput, timeout })
//                     -> { ok, output, error: { type, message, line } | null, cut, seconds }
//   python.stop()     ends what runs at once, or the loading
//
// `files` are modules that the code may import, as { path: source }. Each run is a module of
// its own; runs wait for one another. `onoutput(text, stream)` gets what is printed, as it is
// printed. `timeout` is in milliseconds from when the code begins. An error of no exception
// has one of the types "Stopped", "TimeLimit", "Crashed", "Unreachable".
const here = new URL(".", import.meta.url)
const failed = (type, message = "") => ({ ok: false, output: "", error: { type, message, line: null }, cut: false, seconds: 0 })

let known // what there is to fetch
const facts = () => (known ??= fetch(new URL("pyodide/files.json", here))
  .then((answer) => { if (!answer.ok) throw new Error(`files.json: ${answer.status}`); return answer.json() })
  .catch((error) => { known = undefined; throw error }))

let worker // { thread, ready, numpy }
let current // what runs: { id, end, onoutput }
let report = () => {}
let last = 0

const drop = (error) => {
  worker?.thread?.terminate()
  worker?.fail(error)
  worker = undefined
}

const boot = (numpy) => {
  const mine = { numpy }
  mine.ready = new Promise((resolve, reject) => {
    mine.fail = reject
    facts().then((files) => {
      if (worker !== mine) return
      const base = new URL(`pyodide/${files.folder}/`, here)
      // From a blob, which inherits the policy of the page; a worker from an address would
      // have only what the server sends.
      const text = `import ${JSON.stringify(String(new URL("python-worker.js", here)))}; postMessage({ alive: true })`
      const blob = URL.createObjectURL(new Blob([text], { type: "text/javascript" }))
      mine.thread = new Worker(blob, { type: "module" })
      let loaded = 0
      const total = Object.entries(files.bytes).reduce((sum, [name, n]) => sum + (numpy || !name.endsWith(".whl") ? n : 0), 0)
      mine.thread.onerror = (event) => {
        event.preventDefault?.()
        reject(new Error(event.message || "the worker could not be started"))
      }
      mine.thread.onmessage = ({ data }) => {
        if (data.alive) {
          URL.revokeObjectURL(blob)
          mine.thread.postMessage({ base: String(base), numpy })
        } else if (data.bytes) report({ loaded: Math.min(loaded += data.bytes, total), total })
        else if (data.ready) resolve()
        else if (data.broken !== undefined) {
          if (current && data.id === current.id) current.end(failed("Crashed", data.broken), true)
          else reject(new Error(data.broken))
        } else if (current && data.id === current.id) {
          if (data.result) current.end(data.result)
          else current.onoutput(data.text, data.stream)
        }
      }
    }).catch(reject)
  })
  mine.ready.catch(() => { if (worker === mine) { mine.thread?.terminate(); worker = undefined } })
  return mine
}

const start = (onprogress = () => {}, { numpy = false } = {}) => {
  report = onprogress
  if (worker && numpy && !worker.numpy) drop(new Error("replaced"))
  worker ??= boot(numpy)
  return worker.ready
}

const execute = async ({ code, files = {}, name = "block", onoutput = () => {}, timeout = 0 }) => {
  let timer
  const output = []
  const result = await new Promise((end) => {
    const job = {
      id: ++last,
      onoutput: (text, stream) => { if (stream === "stdout") output.push(text); onoutput(text, stream) },
      end: (result, dead = false) => {
        clearTimeout(timer)
        if (current !== job) return
        current = undefined
        const seconds = job.began ? (performance.now() - job.began) / 1000 : 0
        if (dead) drop(new Error("ended"))
        // What was printed before it was ended has been shown.
        end({ ...result, output: result.output || output.join(""), seconds })
      },
    }
    current = job
    const numpy = [code, ...Object.values(files)].some((text) => /\bnumpy\b/.test(text))
    start(report, { numpy: numpy || !!worker?.numpy }).then(() => {
      if (current !== job) return
      job.began = performance.now()
      worker.thread.postMessage({ id: job.id, code, files, name })
      if (timeout) timer = setTimeout(() => { const { numpy } = worker; job.end(failed("TimeLimit"), true); worker = boot(numpy) }, timeout)
    }, (error) => job.end(failed("Unreachable", error.message)))
  })
  return result
}

let queue = Promise.resolve()
const run = (what) => {
  const result = queue.then(() => execute(what))
  queue = result.catch(() => {})
  return result
}

const stop = () => {
  const running = !!current?.began, numpy = !!worker?.numpy
  const job = current
  if (job) job.end(failed("Stopped"), true)
  else drop(new Error("Stopped"))
  if (running) worker = boot(numpy) // so that the next run need not wait
}

export const python = { start, run, stop }
