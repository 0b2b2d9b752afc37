// Runs Python for python.js, in a thread that holds neither the page nor its storage.
//
// It is started from a blob, so that the page's policy rules here too: nothing is fetched
// from elsewhere, no text becomes JavaScript. What leads to this site's storage, or out of
// this thread, is removed before the first code of a reader runs.
const say = (message) => postMessage(message)
const fetched = self.fetch.bind(self)

// Where the browser keeps what was fetched, whatever the server says of that: the name of the
// folder is a hash of what is in it. Nothing, where the browser has no such place for us.
let shelf
const open = async (base) => {
  shelf = await self.caches?.open(`python ${new URL("..", base)}`).catch(() => undefined)
}
const tidy = async (base) => {
  for (const { url } of await shelf.keys()) if (!url.startsWith(String(base))) await shelf.delete(url)
}

const get = async (url, options) => {
  const kept = await shelf?.match(url)
  if (kept) return kept
  const answer = await fetched(url, options)
  if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${answer.status}`)
  shelf?.put(url, answer.clone()).catch(() => {}) // the disk may be full
  return answer
}

// The same, counting bytes as they come.
const counting = async (url, options) => {
  const answer = await get(url, options)
  const count = new TransformStream({
    transform(chunk, out) {
      say({ bytes: chunk.byteLength })
      out.enqueue(chunk)
    },
  })
  return new Response(answer.body.pipeThrough(count), { headers: answer.headers })
}

const FORBIDDEN = [
  "BroadcastChannel", "EventSource", "FileReaderSync", "SharedWorker", "WebSocket", "WebSocketStream",
  "WebTransport", "Worker", "XMLHttpRequest", "caches", "cookieStore", "fetch", "importScripts",
  "indexedDB", "navigator", "webkitRequestFileSystem", "webkitRequestFileSystemSync",
  "webkitResolveLocalFileSystemURL", "webkitResolveLocalFileSystemSyncURL",
]
const forbid = () => {
  for (let owner = self; owner; owner = Object.getPrototypeOf(owner)) {
    for (const name of FORBIDDEN) {
      if (Object.hasOwn(owner, name) && !delete owner[name]) throw new Error(`cannot remove ${name}`)
    }
  }
}

let runner, id
const load = async ({ base, numpy }) => {
  await open(base)
  self.fetch = counting
  const [{ loadPyodide }, program] = await Promise.all([
    import(new URL("pyodide.mjs", base)),
    fetch(new URL("runner.py", base)).then((answer) => answer.text()),
  ])
  const quiet = () => {}
  const tell = (stream) => ({ batched: (text) => say({ id, text: `${text}\n`, stream }) })
  const python = await loadPyodide({
    indexURL: String(base),
    jsglobals: { Object, setTimeout, clearTimeout, setInterval, clearInterval, AbortController, AbortSignal, eval: quiet, fetch: quiet },
    stdin: () => null,
  })
  if (numpy) await python.loadPackage("numpy", { messageCallback: quiet, errorCallback: quiet })
  python.setStdout(tell("stdout")) // what is printed by C, past Python
  python.setStderr(tell("stderr"))
  python.runPython(program)
  python.globals.set("say", (text, stream) => say({ id, text, stream }))
  runner = python.runPython('Runner("/home/pyodide/note", say)')
  if (numpy) python.runPython("import numpy") // once, not in the first run
  if (shelf) tidy(base).catch(() => {})
  forbid()
}

onmessage = async ({ data }) => {
  try {
    if (data.base) {
      await load(data)
      return say({ ready: true })
    }
    id = data.id
    runner.put(JSON.stringify(data.files))
    say({ id, result: JSON.parse(runner.run(data.code, data.name)) })
  } catch (error) {
    say({ id, broken: String(error?.message ?? error) })
  }
}
