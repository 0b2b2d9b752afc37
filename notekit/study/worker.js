// The service worker, in the root of the site: it keeps all files, if a reader asks for
// it, and answers with them. The build puts BUILD before this text. Another build is
// another text, so that the browser installs it beside the one that is at work; it takes
// over when no page of the old build is open any more, or when the only one asks for it.
const ROOT = registration.scope
const CACHE = `offline ${ROOT}`
const LIST = `${ROOT}offline.${BUILD}.json`
const AT_ONCE = 6
// A file is kept by its content: what two builds share is fetched and stored once.
const address = (hash) => `${ROOT}?kept=${hash}`

const tell = async (message) => {
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true })
  for (const client of open) client.postMessage(message)
}

const stopping = new AbortController()

const fetched = async (place, arrived) => {
  const options = { cache: "no-cache", signal: stopping.signal }
  const response = await fetch(new URL(place, ROOT), options)
  // Renamed or gone: the site has been published anew since this list was read.
  if (response.status === 404) throw new DOMException(place, "Renewed")
  if (!response.ok) throw new TypeError(`${response.status} for ${place}`)
  const parts = []
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    arrived(value.length)
  }
  const type = response.headers.get("Content-Type") ?? "application/octet-stream"
  return new Blob(parts, { type })
}

const fingerprint = async (blob) => {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())
  const bytes = [...new Uint8Array(digest)]
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 32)
}

// Fetches what is not there yet. What has come stays, whatever happens: a second attempt
// goes on from there.
const keep = async () => {
  const cache = await caches.open(CACHE)
  const list = await fetched(LIST, () => {})
  const { files } = JSON.parse(await list.text())
  const there = new Set((await cache.keys()).map((request) => request.url))
  const sizes = new Map(files.map(([, hash, size]) => [hash, size]))
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const missing = new Map(files.filter(([, hash]) => !there.has(address(hash))).map(([path, hash]) => [hash, path]))
  const left = [...missing].sort()
  let come = total - left.reduce((sum, [hash]) => sum + sizes.get(hash), 0)
  let told = -1
  const arrived = (bytes) => {
    come += bytes
    const percent = Math.floor((100 * come) / total)
    if (percent === told) return
    told = percent
    tell({ come, total })
  }
  arrived(0)
  const work = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [hash, path] = next
      const blob = await fetched(path, arrived)
      // Never a file of another build, wherever it was held up on its way.
      if (await fingerprint(blob) !== hash) throw new DOMException(path, "Renewed")
      await cache.put(address(hash), new Response(blob))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  await cache.put(LIST, new Response(list))
}

addEventListener("install", (event) => {
  event.waitUntil(keep().catch(async (error) => {
    stopping.abort() // what the others are still fetching
    await tell({ failed: error.name })
    throw error
  }))
})

// Whatever no file of this build is goes: no page of an older one is open.
const tidy = async () => {
  const cache = await caches.open(CACHE)
  const { files } = await (await cache.match(LIST)).json()
  const wanted = new Set([LIST, ...files.map(([, hash]) => address(hash))])
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request)
  await clients.claim()
}
addEventListener("activate", (event) => event.waitUntil(tidy()))

addEventListener("message", (event) => {
  if (event.data === "stop") stopping.abort(new DOMException("by the reader", "Stopped"))
  if (event.data !== "use") return
  event.waitUntil((async () => {
    const open = await clients.matchAll({ type: "window", includeUncontrolled: true })
    if (open.length > 1) event.source.postMessage({ others: open.length - 1 })
    else await skipWaiting()
  })())
})

// Of each path the hash; none once the reader has removed what was kept.
const kept = (name) => caches.match(name, { cacheName: CACHE })
let reading
const known = () => (reading ??= kept(LIST)
  .then((found) => found?.json())
  .then((list) => new Map(list?.files.map(([path, hash]) => [path, hash]))))

const file = (url) => {
  let path = new URL(url).pathname.slice(new URL(ROOT).pathname.length)
  try { path = decodeURIComponent(path) } catch { /* no address of ours */ }
  return path === "" || path.endsWith("/") ? `${path}index.html` : path
}

const answer = async (event) => {
  const { request } = event
  const files = await known()
  const own = async () => files.has(file(request.url)) && kept(address(files.get(file(request.url))))
  const asks = request.mode === "navigate" ? null : await clients.get(event.clientId)
  // A page that came from the network, since this build has none of that name, takes all
  // from there: no page is made of two builds.
  const stranger = asks?.url.startsWith(ROOT) && !files.has(file(asks.url))
  const found = !stranger && await own()
  if (found) return found
  const folder = `${file(request.url)}/`
  if (files.has(`${folder}index.html`)) return Response.redirect(new URL(folder, ROOT))
  try {
    return await fetch(request)
  } catch (error) {
    const last = await own()
    if (last) return last
    const lost = request.mode === "navigate" && await kept(address(files.get("404.html")))
    if (!lost) throw error
    return new Response(lost.body, { status: 404, headers: lost.headers })
  }
}
addEventListener("fetch", (event) => {
  const { method, url } = event.request
  if (method === "GET" && url.startsWith(ROOT)) event.respondWith(answer(event))
})
