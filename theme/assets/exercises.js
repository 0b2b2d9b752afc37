// Exercises with a judge, and what of them is solved. Comes with the first use, or where
// there is progress to show; the editor and Python come when they are needed.
const here = new URL(".", import.meta.url) // assets/
const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en"
const element = (tag, name, text = "") => {
  const node = document.createElement(tag)
  if (name) node.className = name
  node.textContent = text
  return node
}
const filled = (text, ...values) => values.reduce((done, value) => done.replace("{}", () => value), text)
const fetched = async (name) => {
  const answer = await fetch(new URL(`exercises/${name}`, here))
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`)
  return answer.json()
}

// Progress: { version, notes: { note: { function: { solved, answer } } } }, in this browser
// alone. What is stored, or imported, may be anything; only what has this form is taken.
const KEY = "exercises", VERSION = 1
const MOST = 20_000 // characters of an answer that is kept
const own = (value) => (value && typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : [])
const taken = (data) => {
  const notes = {}
  if (data?.version !== VERSION) return notes
  for (const [note, functions] of own(data.notes)) {
    if (!/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/.test(note)) continue
    for (const [name, entry] of own(functions)) {
      if (!/^[a-z]\w*$/.test(name)) continue
      const kept = {}
      if (typeof entry?.solved === "string" && /^\d{4}-\d\d-\d\d$/.test(entry.solved)) kept.solved = entry.solved
      if (typeof entry?.answer === "string" && entry.answer.length <= MOST) kept.answer = entry.answer
      if (kept.solved || kept.answer) (notes[note] ??= {})[name] = kept
    }
  }
  return notes
}
const progress = () => {
  try { return taken(JSON.parse(localStorage.getItem(KEY))) } catch { return {} }
}
const keep = (notes) => {
  try {
    if (Object.keys(notes).length) localStorage.setItem(KEY, JSON.stringify({ version: VERSION, notes }))
    else localStorage.removeItem(KEY)
  } catch { /* no storage: it holds for this page */ }
}
const record = (note, name, entry) => {
  const notes = progress()
  notes[note] ??= {}
  const before = notes[note][name] ?? {}
  notes[note][name] = { ...before, ...entry, ...(before.solved && { solved: before.solved }) }
  keep(notes)
}

// Where progress is shown: at each exercise, at links to notes on the pages of topics and
// on the map, and above its buttons.
let index
const facts = () => (index ??= fetched("index.json").catch((error) => { index = undefined; throw error }))
const noteOf = (link) => {
  const address = link.href?.baseVal ?? link.href
  const path = new URL(address, document.baseURI).pathname
  const root = new URL("..", here).pathname
  return path.startsWith(root) ? path.slice(root.length).replace(/^zh\//, "").replace(/\/(index\.html)?$/, "") : ""
}
const solvedOf = (notes, note, names) => names.filter((name) => notes[note]?.[name]?.solved).length

export const show = async () => {
  const notes = progress()
  for (const block of document.querySelectorAll(".exercise[data-name]")) {
    const { note, name } = block.dataset
    const bar = block.querySelector(".exercise__bar")
    bar.querySelector(".exercise__done")?.remove()
    if (notes[note]?.[name]?.solved) {
      const { words } = await facts()
      bar.append(element("span", "exercise__done", words[language].solved))
    }
  }
  const links = document.querySelectorAll(".note-card :is(h2, h3) > a:first-child, .learning-map__note, #list ~ ol > li > a")
  const panel = document.querySelector(".progress")
  if (!links.length && !panel) return
  const { notes: all, words } = await facts()
  const said = words[language]
  for (const old of document.querySelectorAll(".exercise__count")) old.remove()
  for (const link of links) {
    const note = noteOf(link), names = all[note] ?? []
    const done = solvedOf(notes, note, names)
    if (!done) continue
    const text = (done === names.length ? "✓ " : "") + `${done}/${names.length}`
    if (link instanceof SVGElement) {
      const box = link.querySelector("rect")
      const mark = document.createElementNS("http://www.w3.org/2000/svg", "text")
      mark.setAttribute("class", "exercise__count")
      mark.setAttribute("x", box.x.baseVal.value + box.width.baseVal.value - 3)
      mark.setAttribute("y", box.y.baseVal.value + 2)
      mark.textContent = ` ${text}`
      link.append(mark)
    } else {
      const mark = element("span", "exercise__count", text)
      mark.title = filled(said.count, done, names.length)
      link.after(" ", mark)
    }
  }
  if (panel) {
    const total = Object.values(all).flat().length
    const done = Object.entries(all).reduce((sum, [note, names]) => sum + solvedOf(notes, note, names), 0)
    panel.querySelector("[role=status]").textContent = filled(said.count, done, total)
  }
}

// Export, import, forget: the buttons of the map's page.
const say = (panel, text) => panel.querySelector("[role=status]").append(` ${text}`)
const actions = {
  export: () => {
    const text = JSON.stringify({ version: VERSION, notes: progress() }, null, 1)
    const link = element("a")
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }))
    link.download = "gradnotes-progress.json"
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1000)
  },
  forget: async () => {
    const { words } = await facts()
    if (!confirm(words[language].forget_sure)) return
    keep({})
    await show()
  },
}
export const take = async (input) => {
  const [file] = input.files, panel = input.closest(".progress")
  if (!file) return
  const { words } = await facts()
  let found = {}
  try { found = taken(JSON.parse(await file.text())) } catch { /* no JSON: nothing is taken */ }
  if (!Object.keys(found).length) {
    input.value = "" // so that the same file may be chosen again
    await show()
    return say(panel, filled(words[language].unreadable_file, file.name))
  }
  const notes = progress()
  for (const [note, functions] of Object.entries(found)) {
    for (const [name, entry] of Object.entries(functions)) {
      const mine = (notes[note] ??= {})[name] ?? {}
      const dates = [mine.solved, entry.solved].filter(Boolean).sort()
      notes[note][name] = { ...entry, ...mine, ...(dates.length && { solved: dates[0] }) }
    }
  }
  keep(notes)
  input.value = ""
  await show()
  say(panel, words[language].imported)
}
export const act = (button) => actions[button.dataset.progress](button.closest(".progress"))

// Solving. The block is given an editor in the place of the starter, and buttons.
const MARK = "\x1e" // begins a line of the judge's; see notekit/study/judge.py
const opened = new WeakSet()

export const solve = async (block) => {
  if (opened.has(block)) return
  opened.add(block)
  const bar = block.querySelector(".exercise__bar"), start = bar.querySelector("button")
  start.disabled = true
  try {
    const [data, { open }] = await Promise.all([fetched(block.dataset.source), import(new URL("editor.js", here))])
    dress(block, data, open)
  } catch {
    opened.delete(block)
    start.disabled = false
    const failed = bar.querySelector("[role=status]") ?? bar.appendChild(element("span", "exercise__trouble"))
    failed.setAttribute("role", "status")
    failed.textContent = start.dataset.trouble
  }
}

const dress = (block, data, open) => {
  const { note, name } = block.dataset
  const words = data.words[language], task = data.exercises[name]
  const starter = block.querySelector(".exercise__starter"), bar = block.querySelector(".exercise__bar")
  const place = element("div", "exercise__editor")
  const verdict = element("div", "exercise__verdict")
  verdict.setAttribute("role", "status")
  const button = (text, action) => {
    const made = element("button", "", text)
    made.type = "button"
    made.addEventListener("click", action)
    return made
  }
  starter.after(place)
  starter.hidden = true
  const editor = open(place, progress()[note]?.[name]?.answer ?? task.starter, {
    label: filled(words.label, task.title[language]),
    onrun: () => { if (!running) check() },
  })
  const store = () => {
    const answer = editor.value()
    if (answer.length <= MOST && answer !== task.starter) record(note, name, { answer })
  }
  addEventListener("pagehide", store)

  let running = false, python
  const checking = button(words.check, () => { if (running) python?.stop(); else check() })
  const help = button(words.hint, () => unfold())
  const reset = button(words.reset, () => { editor.set(task.starter); record(note, name, { answer: undefined }); verdict.replaceChildren(); editor.focus() })
  bar.querySelector("button").remove()
  bar.prepend(checking, help, reset)
  bar.after(verdict)

  // The hints one by one, then the solution: the folded texts that follow the block.
  const folded = []
  for (let node = block.nextElementSibling; node && !/^H[1-4]$/.test(node.tagName); node = node.nextElementSibling) {
    if (node.matches("details")) folded.push(node)
  }
  const next = () => folded.find((part) => !part.open)
  const rename = () => { help.textContent = next()?.matches(".question") ?? false ? words.hint : words.solution; help.disabled = !next() }
  const unfold = () => {
    const part = next()
    if (!part) return
    part.open = true
    part.querySelector("summary").focus()
    part.scrollIntoView({ block: "nearest" })
    rename()
  }
  for (const part of folded) part.addEventListener("toggle", rename)
  rename()

  const headline = (text, kind = "") => {
    const line = element("p", "exercise__headline", text)
    if (kind) line.dataset.kind = kind
    verdict.replaceChildren(line)
  }
  const detail = (term, text) => {
    if (!text) return
    const list = verdict.querySelector("dl") ?? verdict.appendChild(element("dl"))
    const value = element("dd")
    value.append(element("pre", "", text))
    value.firstChild.tabIndex = 0
    list.append(element("dt", "", term), value)
  }
  const at = (line) => (line ? ` (${filled(words.line, line)})` : "")
  const tell = (found) => {
    if (found.kind === "passed") {
      headline(filled(words.passed, found.passed, found.total), "good")
      record(note, name, { solved: new Date().toLocaleDateString("sv") }) // year-month-day, here
      show()
      return
    }
    if (found.kind === "missing") return headline(filled(words.missing, found.error), "bad")
    if (found.kind === "unreadable") {
      headline(words.unreadable, "bad")
      return detail(words.error, found.error + at(found.line))
    }
    headline(filled(words.failed, found.passed + 1, found.total), "bad")
    detail(words.given, found.given)
    detail(words.expected, found.expected)
    detail(words.got, found.got)
    detail(words.error, found.error && found.error + at(found.line))
    detail(words.printed, found.printed)
    if (found.remembers) verdict.append(element("p", "", words.remembers))
  }

  const check = async () => {
    running = true
    store()
    checking.textContent = words.stop
    verdict.setAttribute("aria-busy", "true")
    let event = {}
    const heard = (text) => {
      for (const line of text.split("\n")) if (line.startsWith(MARK)) event = JSON.parse(line.slice(1))
    }
    try {
      headline(words.loading)
      python = (await import(new URL("python.js", here))).python
      const files = { ...data.files, "answer.txt": editor.value() }
      const numpy = Object.values(files).some((text) => /\bnumpy\b/.test(text))
      let waiting = true // what is ended is loaded again, below its verdict
      await python.start(({ loaded, total }) => {
        if (waiting) headline(`${words.loading} ${(loaded / 1e6).toFixed(1)} / ${(total / 1e6).toFixed(1)} MB`)
      }, { numpy })
      waiting = false
      headline(words.running)
      const code = `from notekit.study.judge import tell\ntell(${JSON.stringify(data.module)}, ${JSON.stringify(name)}, open("answer.txt", encoding="utf-8").read())\n`
      const result = await python.run({ code, files, name: "judge", onoutput: heard, timeout: task.seconds * 1000 })
      const kind = result.error?.type
      if (event.verdict) tell(event.verdict)
      else if (kind === "TimeLimit") {
        headline(filled(words.late, (event.case ?? 0) + 1, event.total ?? "?", task.seconds), "bad")
        detail(words.given, event.given)
      } else if (kind === "Stopped") headline(words.stopped)
      else if (kind === "Unreachable") headline(words.offline, "bad")
      else {
        headline(words.broken, "bad")
        detail(words.error, [kind, result.error?.message].filter(Boolean).join(": "))
      }
    } catch (error) {
      headline(error.message === "Stopped" ? words.stopped : words.offline, error.message === "Stopped" ? "" : "bad")
    } finally {
      running = false
      checking.textContent = words.check
      verdict.removeAttribute("aria-busy")
    }
  }
  show()
  editor.focus()
}
