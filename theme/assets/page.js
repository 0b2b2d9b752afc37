// What every page does beyond being read. Without this file a page is complete but for
// search, copying and the choice of colours.
(() => {
  const root = document.documentElement
  const here = document.currentScript.src
  const words = document.querySelector(".md-header").dataset
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
  const element = (tag, name, text = "") => {
    const node = document.createElement(tag)
    node.className = name
    node.textContent = text
    return node
  }
  const still = matchMedia("(prefers-reduced-motion: reduce)")

  // Colours. No attribute means those of the system, which the style sheet follows by
  // itself; the script in the head sets a stored choice before anything is painted.
  const palette = document.querySelector("[data-palette]")
  const schemes = ["", "default", "slate"]
  const dress = (scheme) => {
    if (scheme) root.dataset.mdColorScheme = scheme
    else delete root.dataset.mdColorScheme
    palette.title = [palette.dataset.auto, palette.dataset.default, palette.dataset.slate][schemes.indexOf(scheme)]
  }
  palette.hidden = false
  dress(root.dataset.mdColorScheme ?? "")
  palette.addEventListener("click", () => {
    const next = schemes[(schemes.indexOf(root.dataset.mdColorScheme ?? "") + 1) % 3]
    dress(next)
    try {
      if (next) localStorage.setItem("scheme", next)
      else localStorage.removeItem("scheme")
    } catch { /* no storage: the choice holds for this page */ }
  })
  addEventListener("storage", ({ key, newValue }) => { // chosen in another tab
    if (key === "scheme") dress(schemes.includes(newValue) ? newValue : "")
  })

  // The drawer works by its checkbox alone; here its labels become buttons that say
  // whether it is open, and what lies behind it is out of reach until it is closed.
  const drawer = document.getElementById("__drawer")
  const side = document.getElementById("side")
  const overlay = document.querySelector(".md-overlay")
  const buttons = all("label.md-icon[for=__drawer]").map((label) => {
    const button = element("button", label.className)
    button.type = "button"
    button.append(...label.childNodes)
    button.addEventListener("click", () => drawer.click())
    label.replaceWith(button)
    return button
  })
  const [opener, closer] = buttons
  const shut = () => { if (drawer.checked) drawer.click() }
  const behind = () => {
    const found = []
    for (let node = side; node !== document.body; node = node.parentElement) {
      found.push(...[...node.parentElement.children].filter((e) => e !== node && e !== overlay))
    }
    return found
  }
  const drawn = () => {
    opener.setAttribute("aria-expanded", drawer.checked)
    root.classList.toggle("drawer-is-open", drawer.checked)
    for (const node of behind()) node.inert = drawer.checked
  }
  drawer.checked = false // a browser may restore it
  opener.setAttribute("aria-controls", "side")
  opener.setAttribute("aria-expanded", "false")
  drawer.addEventListener("change", () => {
    drawn()
    if (drawer.checked) closer.focus()
    else opener.focus()
  })
  side.addEventListener("click", (event) => { if (event.target.closest("a")) shut() })
  matchMedia("(min-width: 76.25em)").addEventListener("change", shut)

  // What follows the scroll: the table of contents, the title in the header, back to top.
  const toc = document.querySelector(".toc")
  const links = all(".toc a")
  const marks = links.map((a) => document.getElementById(decodeURIComponent(a.hash.slice(1))) ?? a)
  const title = document.querySelector(".md-header__title")
  const h1 = document.querySelector("article h1")
  const top = document.querySelector(".md-top")
  let last = 0, current // scrollY would force a layout before the first paint
  const follow = () => {
    const line = 100 // below the header; where a heading lands when it is jumped to
    let low = 0, high = marks.length // headings stand in order: halve
    while (low < high) {
      const middle = (low + high) >> 1
      if (marks[middle].getBoundingClientRect().top <= line) low = middle + 1
      else high = middle
    }
    const end = root.scrollHeight - innerHeight - scrollY < 2 && scrollY > 0
    const next = links[end && marks.at(-1)?.getBoundingClientRect().top < innerHeight ? links.length - 1 : low - 1]
    if (next !== current) {
      current?.removeAttribute("aria-current")
      next?.setAttribute("aria-current", "location")
      current = next
      if (next) {
        const [box, row] = [toc.getBoundingClientRect(), next.getBoundingClientRect()]
        if (row.top < box.top + 40 || row.bottom > box.bottom - 40) toc.scrollTop += row.top - box.top - box.height / 2
      }
    }
    title.classList.toggle("md-header__title--active", !!h1 && h1.getBoundingClientRect().bottom < 48)
    top.hidden = scrollY < 400 || scrollY > last || (top.hidden && scrollY === last)
    last = scrollY
  }
  let asked = false
  const ask = () => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => { asked = false; follow() })
  }
  addEventListener("scroll", ask, { passive: true })
  addEventListener("resize", ask)
  ask()
  top.addEventListener("click", () => {
    scrollTo({ top: 0, behavior: still.matches ? "auto" : "smooth" })
    h1?.setAttribute("tabindex", "-1")
    h1?.focus({ preventScroll: true })
  })

  // An address that points into folded text unfolds it.
  const unfold = () => {
    let target
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))) } catch { /* no such id */ }
    let closed = target?.closest("details:not([open])")
    if (!closed) return
    for (; closed; closed = closed.parentElement.closest("details:not([open])")) closed.open = true
    target.scrollIntoView()
  }
  addEventListener("hashchange", unfold)
  unfold()

  // Copying. Of a console, the commands without their prompts, and nothing of the output.
  const status = element("p", "unseen")
  status.setAttribute("role", "status")
  document.body.append(status)
  const commands = (text) => {
    const kept = []
    let inside = false, goes = false // within a command; whose line ends with a backslash
    for (const line of text.split("\n")) {
      inside = line.startsWith("$ ") || goes || (inside && line.startsWith("> "))
      const command = line.replace(/^[$>] /, "")
      if (inside) kept.push(command)
      goes = inside && command.endsWith("\\")
    }
    return kept.length ? kept.join("\n") : text
  }
  // A block with folded docstrings is several pieces of code, which are copied as one.
  const textOf = (block) => {
    const text = all("pre > code", block).map((code) => code.textContent).join("").replace(/\n+$/, "")
    return block.matches(".language-console") ? commands(text) : text
  }
  if (navigator.clipboard) {
    for (const block of all("article .highlight")) {
      const button = element("button", "copy")
      button.type = "button"
      button.title = words.copy
      block.querySelector("pre").append(button)
    }
    document.addEventListener("click", async ({ target }) => {
      const button = target.closest("button.copy")
      if (!button) return
      await navigator.clipboard.writeText(textOf(button.closest(".highlight")))
      status.textContent = words.copied
      button.classList.add("copy--done")
      setTimeout(() => {
        status.textContent = "" // so that the next copy is announced again
        button.classList.remove("copy--done")
      }, 1500)
    })
  }

  // Blocks that run in the page: the buttons; all else comes with run.js, on first use.
  const playground = document.querySelector("[data-playground]")
  const disk = location.protocol === "file:" // which browsers let no script be loaded from
  if (playground && !disk) {
    const [run, edit, unreachable] = playground.dataset.runWords.split("|")
    for (const block of all("[data-run]", playground)) {
      const bar = element("div", "run"), said = element("p", "run__status")
      said.setAttribute("role", "status")
      for (const [name, word] of [["run", run], ["edit", edit]]) {
        const button = element("button", `run__${name}`, word)
        button.type = "button"
        button.addEventListener("click", () => import(new URL("run.js", here))
          .then((module) => module[name](block)).catch(() => { said.textContent = unreachable }))
        bar.append(button)
      }
      bar.append(said)
      block.append(bar)
    }
  }

  // A term's line shows on hover and on focus, stays while the pointer is on it, and goes
  // with Escape. A finger follows the link.
  const tip = element("div", "tip")
  tip.id = "tip"
  tip.setAttribute("role", "tooltip")
  for (const term of all("a.term[title]")) {
    term.setAttribute("aria-description", term.title)
    term.removeAttribute("title") // or the browser shows it a second time
  }
  let shown, hiding
  const hide = () => {
    clearTimeout(hiding)
    shown?.removeAttribute("aria-describedby")
    shown = undefined
    tip.remove()
  }
  const show = (term) => {
    clearTimeout(hiding)
    if (term === shown) return
    hide()
    shown = term
    tip.textContent = term.getAttribute("aria-description")
    document.body.append(tip)
    term.setAttribute("aria-describedby", "tip")
    const [line] = term.getClientRects()
    const left = Math.max(8, Math.min(line.left, root.clientWidth - tip.offsetWidth - 8))
    const below = line.bottom + tip.offsetHeight + 4 < innerHeight
    tip.style.left = `${left + scrollX}px`
    tip.style.top = `${scrollY + (below ? line.bottom + 4 : line.top - tip.offsetHeight - 4)}px`
  }
  const termAt = (target) => target.closest?.("a.term[aria-description]")
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return
    const term = termAt(target)
    if (term) show(term)
    else if (tip.contains(target)) clearTimeout(hiding)
    else if (shown && shown !== document.activeElement) { clearTimeout(hiding); hiding = setTimeout(hide, 200) }
  })
  document.addEventListener("focusin", ({ target }) => {
    if (termAt(target) && target.matches(":focus-visible")) show(target)
  })
  document.addEventListener("focusout", ({ target }) => { if (target === shown) hide() })

  // The search dialog opens at once; what it does comes with search.js, on first use.
  const dialog = document.querySelector("[data-search]")
  const input = dialog.querySelector("[name=q]")
  input.addEventListener("compositionstart", () => { input.dataset.composing = "" })
  input.addEventListener("compositionend", () => { delete input.dataset.composing })
  let loading, before
  const load = () => {
    if (loading) return
    loading = element("script", "")
    loading.src = new URL("search.js", here)
    loading.onerror = () => {
      dialog.querySelector(".search__status").textContent = dialog.dataset.error
      loading = undefined
    }
    document.head.append(loading)
  }
  const open = () => {
    if (dialog.open) return
    shut()
    before = document.activeElement
    dialog.showModal() // which focuses the box, its first control
    root.classList.add("search-is-open")
    input.select()
    load()
    dialog.dispatchEvent(new Event("search-open"))
  }
  for (const button of all("[data-search-open]")) {
    button.addEventListener("click", open)
    button.addEventListener("pointerenter", load, { once: true })
  }
  dialog.addEventListener("close", () => {
    root.classList.remove("search-is-open")
    const url = new URL(location.href)
    url.searchParams.delete("q")
    history.replaceState(history.state, "", url)
    before?.focus?.()
  })
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-search-close]")) dialog.close()
    else if (event.target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey) dialog.close()
  })
  dialog.addEventListener("submit", (event) => event.preventDefault())
  const query = new URLSearchParams(location.search).get("q")
  if (query) { open(); input.value = query }

  // Keys: / and Ctrl-K search, Escape closes what is open, p and n go to the neighbours.
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return // an input method's keys
    const { key } = event
    if (key === "Escape") { hide(); return shut() }
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); return open() }
    if (!plain || event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return
    if (key === "/") { event.preventDefault(); return open() }
    const rel = { p: "prev", ",": "prev", n: "next", ".": "next" }[key]
    const link = rel && !dialog.open && document.querySelector(`link[rel=${rel}]`)
    if (link) location.assign(link.href)
  })

  // What scrolls sideways in its own box must be reachable by keyboard. An observer, since
  // a box inside closed <details> has no size until it is opened; and once more when fonts
  // have come, since they widen what is in a box, not the box.
  const reach = (boxes) => {
    // First all is read, then all written: one layout, not one for each box.
    const wide = boxes.map((box) => box.scrollWidth > box.clientWidth)
    boxes.forEach((box, i) => {
      if (wide[i]) box.tabIndex = 0
      else if (box.tabIndex === 0) box.removeAttribute("tabindex")
    })
  }
  const scrolling = all(".math-display, .folded, .highlight > pre > code, .md-typeset table, .learning-map")
  const sizes = new ResizeObserver((entries) => reach(entries.map((entry) => entry.target)))
  for (const box of scrolling) sizes.observe(box)
  document.fonts?.addEventListener("loadingdone", () => reach(scrolling))

  // Exercises with a judge: their script comes with the first use, or where there is
  // progress to show.
  const exercises = (what, with_) => import(new URL("exercises.js", here)).then((module) => module[what](with_))
  for (const bar of all(".exercise__bar, .progress")) bar.hidden = disk
  document.addEventListener("click", ({ target }) => {
    const button = target.closest(".exercise__start, [data-progress]")
    if (button?.dataset.progress) exercises("act", button)
    else if (button) exercises("solve", button.closest(".exercise"))
  })
  document.addEventListener("change", ({ target }) => { if (target.closest(".progress__import")) exercises("take", target) })
  let solved
  try { solved = localStorage.getItem("exercises") } catch { /* no storage, no progress */ }
  if (solved && !disk && document.querySelector(".exercise, .note-card, .learning-map")) exercises("show")

  // One page answers all wrong addresses: its half in the language of the address is first.
  const [first, second] = all(".not-found")
  if (second && second.lang.startsWith("zh") && /\/zh\//.test(location.pathname)) {
    const swap = (heading, tag) => {
      const other = document.createElement(tag)
      other.textContent = heading.textContent
      heading.replaceWith(other)
    }
    first.lang = document.documentElement.lang
    document.documentElement.lang = second.lang
    swap(first.querySelector("h1"), "h2")
    swap(second.querySelector("h2"), "h1")
    first.before(second)
    document.title = document.title.replace(first.querySelector("h2").textContent, second.querySelector("h1").textContent)
  }

  // Paper cannot be clicked: print what is folded (older browsers; the rest by style).
  addEventListener("beforeprint", () => {
    for (const part of all("article details:not([open])")) { part.open = true; part.dataset.folded = "" }
  })
  addEventListener("afterprint", () => {
    for (const part of all("[data-folded]")) { part.open = false; delete part.dataset.folded }
  })

  // Keeping the site offline: on the page about it, and on pages that are kept already.
  try {
    if (document.querySelector("[data-offline]") || navigator.serviceWorker?.controller) {
      const script = element("script", "")
      script.src = new URL("offline.js", here)
      document.head.append(script)
    }
  } catch { /* a frame without storage has no worker */ }

  // The switch of language keeps the place on the page: twins share their anchors.
  const language = document.querySelector("[data-language-switch]")
  language.addEventListener("click", () => { language.hash = location.hash })
})()
