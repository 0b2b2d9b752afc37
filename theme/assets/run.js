// Running and editing the blocks of a page. page.js puts the buttons there, and fetches this
// file when the first of them is pressed.
import { python } from "./python.js"

const here = new URL(".", import.meta.url)
const language = document.documentElement.lang.split("-")[0]
const { playground: note } = document.querySelector("[data-playground]").dataset
const fetched = async (name) => {
  const answer = await fetch(new URL(name, here))
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`)
  return answer.json()
}
let words, files, numpy, learning
const learn = () => (learning ??= Promise.all([fetched(`run/words.${language}.json`), fetched(`run/${note}.json`)])
  .then(([said, needed]) => { words = said; ({ files, numpy } = needed) })
  .catch((error) => { learning = undefined; throw error }))
const fill = (text, ...values) => values.reduce((t, value) => t.replace("{}", value), text)
const number = (value, digits) => value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits })

const element = (tag, name, text = "") => {
  const node = document.createElement(tag)
  node.className = name
  node.textContent = text
  return node
}
const button = (name, word, press) => {
  const node = element("button", `run__${name}`, word)
  node.type = "button"
  node.hidden = true
  node.addEventListener("click", press)
  return node
}
// As the tests compare: without white space at the ends of lines and of the whole.
const plain = (text) => text.trimEnd().split("\n").map((line) => line.trimEnd()).join("\n")

class Block {
  constructor(root) {
    this.root = root
    this.bar = root.querySelector(".run")
    this.code = root.querySelector("pre")
    this.original = this.code.textContent.replace(/\n+$/, "\n")
    this.expected = root.dataset.run === "prints" ? root.nextElementSibling.querySelector("code").textContent : ""
    this.runs = this.bar.querySelector(".run__run")
    this.edits = this.bar.querySelector(".run__edit")
    this.stops = button("stop", words.stop, () => this.stop())
    this.resets = button("reset", words.reset, () => this.reset())
    this.status = this.bar.querySelector(".run__status")
    this.progress = element("progress", "run__progress")
    this.progress.hidden = true
    this.progress.setAttribute("aria-label", words.starting)
    this.runs.after(this.stops)
    this.edits.after(this.resets)
    this.bar.append(this.progress)
    this.output = element("pre", "run__output")
    this.output.tabIndex = 0
    this.output.setAttribute("role", "group")
    this.output.setAttribute("aria-label", words.output)
    this.output.hidden = true
    root.append(this.output)
  }

  say(text, kind = "") {
    this.status.textContent = text
    this.status.setAttribute("data-kind", kind)
  }

  get text() { return this.editor?.value() ?? this.original }

  show(text, kind) {
    this.output.hidden = false
    const last = this.output.lastChild
    if (last?.dataset?.kind === kind) last.append(text)
    else {
      const part = element("span", "", text)
      part.setAttribute("data-kind", kind)
      this.output.append(part)
    }
  }

  flush() {
    for (const [stream, text] of this.pending.splice(0)) this.show(text, stream)
  }

  loading({ loaded, total }) {
    this.progress.hidden = false
    this.progress.max = total
    this.progress.value = loaded
    const text = loaded < total ? fill(words.loading.replace("{done}", number(loaded / 1e6, 1)).replace("{total}", number(total / 1e6, 1))) : words.starting
    if (text !== this.status.textContent) this.say(text)
  }

  async run() {
    if (this.busy) return
    this.busy = true
    this.runs.hidden = true
    this.stops.hidden = false
    if (document.activeElement === document.body || document.activeElement === this.runs) this.stops.focus()
    this.output.replaceChildren()
    this.output.hidden = true
    this.pending = []
    this.say(busy ? words.waiting : words.starting)
    const turn = busy
    let free
    busy = new Promise((resolve) => { free = resolve })
    const mine = busy
    await turn
    let result
    try {
      if (!this.stopped) {
        await python.start((bytes) => this.loading(bytes), { numpy })
        this.progress.hidden = true
        this.say(words.running)
        result = await python.run({
          code: this.text, files, name: "block", onoutput: (text, stream) => {
            if (!this.pending.length) requestAnimationFrame(() => this.flush())
            this.pending.push([stream, text])
          },
        })
      }
    } catch (error) {
      result = { ok: false, error: { type: this.stopped ? "Stopped" : "Unreachable", message: error.message } }
    }
    result ??= { ok: false, error: { type: "Stopped" } }
    free()
    if (busy === mine) busy = undefined
    this.progress.hidden = true
    this.flush()
    this.finish(result)
    const focused = document.activeElement === this.stops
    this.busy = this.stopped = false
    this.stops.hidden = true
    this.runs.hidden = false
    if (focused) this.runs.focus()
  }

  finish({ ok, output, error, cut, seconds }) {
    const own = { Stopped: words.stopped, Crashed: words.crashed, Unreachable: words.unreachable }
    if (ok) {
      const same = plain(output) === plain(this.expected)
      const edited = this.text !== this.original
      const printed = this.output.hidden ? words.nothing : fill(words.done, number(seconds, 2))
      if (same && output) this.say(words.same, "same")
      else if (!edited && !same) this.say(words.other, "other")
      else this.say(printed)
    } else if (own[error.type]) {
      this.say(own[error.type], "other")
      if (error.message) this.show(`${error.message.split("\n")[0]}\n`, "error")
    } else {
      const where = error.line ? words.error.replace("{type}", error.type).replace("{line}", error.line) : error.type
      this.show(`${[where, error.message].filter(Boolean).join("\n")}\n`, "error")
      this.say(where, "other")
    }
    if (cut) this.show(`\n${fill(words.cut, number(100000, 0))}\n`, "error")
  }

  stop() {
    this.stopped = true
    python.stop()
  }

  async edit() {
    if (!this.editor) {
      this.edits.disabled = true
      try {
        const { open } = await import(new URL("editor.js", here))
        this.frame = element("div", "run__editor")
        this.code.after(this.frame)
        this.editor = open(this.frame, this.original, { label: words.editor, onrun: () => this.run() })
      } catch {
        this.say(words.unreachable, "other")
        return
      } finally {
        this.edits.disabled = false
      }
      this.root.classList.add("run-edited")
      this.edits.hidden = true
      this.resets.hidden = false
    }
    this.editor.focus()
  }

  reset() {
    this.editor.destroy()
    this.editor = undefined
    this.frame.remove()
    this.root.classList.remove("run-edited")
    this.resets.hidden = true
    this.edits.hidden = false
    if (!this.busy) {
      this.output.hidden = true
      this.output.replaceChildren()
      this.say("")
    }
    this.edits.focus()
  }
}

let busy // until the block that runs is done
const blocks = new Map()
const block = (root) => blocks.get(root) ?? blocks.set(root, new Block(root)).get(root)
export const run = (root) => learn().then(() => block(root).run())
export const edit = (root) => learn().then(() => block(root).edit())
