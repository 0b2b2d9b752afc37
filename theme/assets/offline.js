// Keeping the site offline. page.js fetches this file on the page about it, and on pages
// that are kept already; nothing is registered or stored before the reader asks.
(() => {
  const root = new URL("../", document.currentScript.src).href
  const link = document.querySelector("[data-offline-link]")
  const box = document.querySelector("[data-offline]")
  const part = (name) => box.querySelector(`.offline__${name}`)
  const size = (bytes) => (bytes / 1e6).toFixed(1)
  const fill = (text, ...values) => values.reduce((filled, value) => filled.replace("{}", value), text)
  const cacheName = `offline ${root}`
  const wasKept = !!navigator.serviceWorker?.controller

  // What there is to say and to press. The numbers stand beside what is read aloud, which
  // would else be said at each step.
  let come = 0, total = box ? Number(box.dataset.bytes) : 0
  const show = (state, ...buttons) => {
    if (!box) return
    const { dataset } = box
    const held = document.activeElement
    part("status").textContent = fill(dataset[state], size(come), size(total))
    for (const name of ["keep", "stop", "use", "remove"]) part(name).hidden = !buttons.includes(name)
    part("keep").textContent = fill(come ? dataset.on : dataset.keep, size(total))
    const loads = state === "loading" || state === "renewing"
    part("bar").hidden = part("numbers").hidden = !loads
    if (loads) count()
    if (box.contains(held) && held.hidden) part("status").focus() // the next Tab goes on here
  }
  const count = () => {
    part("bar").max = total
    part("bar").value = come
    part("numbers").textContent = fill(box.dataset.numbers, size(come), size(total))
  }

  // On pages about something else, a line at the bottom.
  let line
  const say = (text, button = "", act) => {
    line ??= document.body.appendChild(document.createElement("p"))
    line.className = "renewed"
    line.setAttribute("role", "status")
    line.textContent = text
    if (!button) return
    const press = document.createElement("button")
    press.type = "button"
    press.textContent = button
    press.addEventListener("click", act)
    line.append(" ", press)
  }

  const use = async () => (await registered())?.waiting?.postMessage("use")
  const registered = async () => {
    const found = await navigator.serviceWorker.getRegistration(root)
    return found?.scope === root ? found : undefined // not that of a site above this one
  }
  const stored = async () => {
    if (!await caches.has(cacheName)) return null
    const cache = await caches.open(cacheName)
    const lists = (await cache.keys()).filter(({ url }) => url.includes("/offline."))
    return { cache, lists }
  }
  // The bytes of what is kept, from its own list.
  const measure = async () => {
    const { cache, lists } = await stored() ?? { lists: [] }
    if (!lists.length) return
    const { files } = await (await cache.match(lists[0])).json()
    const sizes = new Map(files.map(([, hash, bytes]) => [hash, bytes]))
    come = total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
  }

  // Why a worker failed is told by a message, which may come after its end is seen; a
  // worker that the browser has ended says nothing.
  let failure = "", heard = () => {}
  const reason = async () => {
    if (!failure) await Promise.race([new Promise((done) => { heard = done }), new Promise((done) => setTimeout(done, 2000))])
    return failure || "lost"
  }
  const renewed = () => {
    if (box) show("renewed", "use", "remove")
    else say(link.dataset.renewed, link.dataset.use, use)
  }
  const follow = (worker, registration) => {
    const first = !registration.active
    failure = ""
    show(first ? "loading" : "renewing", ...(first ? ["stop"] : []))
    worker.addEventListener("statechange", async () => {
      if (worker.state === "installed" && !first) renewed()
      if (worker.state === "activated" && first) {
        // Published anew since this page was loaded: then what is kept is newer.
        if (box && !await caches.match(`${root}offline.${box.dataset.build}.json`, { cacheName })) return location.reload()
        await settle()
      }
      if (worker.state !== "redundant" || removing) return
      const why = await reason()
      if (first) show(why, "keep", "remove")
      else await settle(why)
    })
  }
  const settle = async (trouble = "") => {
    const registration = await registered()
    if (registration?.active) {
      if (box) await measure()
      if (registration.waiting) return renewed()
      if (registration.installing) return
      show("kept", "remove")
      if (trouble && box) part("status").append(" ", box.dataset[`${trouble}Renewing`])
      else if (trouble === "full") say(link.dataset.full)
    } else if (registration?.installing) {
      follow(registration.installing, registration)
    } else {
      come = 0
      if (await stored()) show("part", "keep", "remove")
      else show("none", "keep")
    }
  }

  const FAILURES = { QuotaExceededError: "full", Renewed: "moved", Stopped: "stopped" }
  const listen = ({ data }) => {
    if (data.total) {
      ({ come, total } = data)
      if (box && !part("bar").hidden) count()
    }
    if (data.failed) {
      failure = FAILURES[data.failed] ?? "lost"
      heard()
    }
    if (data.others) {
      const text = fill(link.dataset.others, data.others)
      if (box) part("status").textContent = text
      else say(text, link.dataset.use, use)
    }
  }

  const keep = async () => {
    show("loading", "stop")
    try {
      await navigator.storage?.persist?.() // else a browser short of room may drop it
      const registration = await navigator.serviceWorker.register(`${root}sw.js`, { scope: root })
      const worker = registration.installing
      if (worker) follow(worker, registration)
      else settle()
    } catch (error) {
      show(error.name === "TypeError" ? "lost" : "blocked", ...(error.name === "TypeError" ? ["keep"] : []))
    }
  }
  let removing = false
  const remove = async () => {
    removing = true
    const registration = await registered()
    registration?.installing?.postMessage("stop")
    await registration?.unregister()
    await caches.delete(cacheName)
    come = 0
    total = Number(box.dataset.bytes)
    removing = false
    show("removed", "keep")
  }

  const start = async () => {
    if (box && (!box.dataset.build || location.protocol === "file:")) return show("disk")
    try {
      navigator.serviceWorker.addEventListener("message", listen)
      navigator.serviceWorker.addEventListener("controllerchange", () => {
        if (wasKept) location.reload() // so that no page is made of two builds
      })
      const registration = await registered()
      const renewing = () => {
        if (registration?.active && registration.installing) follow(registration.installing, registration)
      }
      registration?.addEventListener("updatefound", renewing)
      renewing() // found before; at once, or it might be over unseen
      if (box) await stored() // which throws where storage is blocked
      await settle()
    } catch {
      show("blocked")
    }
  }
  if (box) {
    part("keep").addEventListener("click", keep)
    part("stop").addEventListener("click", async () => (await registered())?.installing?.postMessage("stop"))
    part("use").addEventListener("click", use)
    part("remove").addEventListener("click", remove)
    addEventListener("pageshow", ({ persisted }) => { if (persisted) settle() })
  }
  start()
})()
