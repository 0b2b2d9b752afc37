// What the search dialog does. page.js opens it, and fetches this file when it first does;
// nothing of the index is fetched before that either.
(() => {
  const dialog = document.querySelector("[data-search]")
  const form = dialog.querySelector("form")
  const input = form.elements.q
  const status = dialog.querySelector(".search__status")
  const help = dialog.querySelector(".search__help")
  const list = dialog.querySelector(".search__results")
  const hint = status.textContent
  const page = 3 // notes shown at once, each a file of some 7 kB to fetch
  let pagefind, latest = 0

  // Of what lies on a disk a browser loads no module; asking for it would only be an error.
  const onDisk = location.protocol === "file:"

  const fetched = (name) => fetch(new URL(name, new URL(dialog.dataset.index, location.href))).then((r) => r.json())

  const unreachable = () => (onDisk ? dialog.dataset.disk : dialog.dataset.error)

  // What is not told apart: width, accents, case, spaces, traditional and simplified.
  let simple = new Map()
  const fold = (text) => [...text.normalize("NFKD").replace(/[\p{M}\u200b]/gu, "").toLowerCase()]
    .map((c) => simple.get(c) ?? c).join("").split(/\s+/).filter(Boolean).join(" ")
  const HAN = /\p{Script=Han}/u
  // Chinese beside Latin letters is written with a space or without.
  const close = (text) => (HAN.test(text) ? text.replace(/\s+/g, "") : text)

  // Traditional characters and pinyin, for those who type them.
  let more, said = new Map()
  const sounds = new Map() // of a character, its syllables
  const learn = () => (more ??= fetched("more.zh.json").then((known) => {
    const pairs = [...known.traditional]
    simple = new Map(pairs.flatMap((c, i) => (i % 2 ? [] : [[c, pairs[i + 1]]])))
    said = new Map(known.taiwan.map(([there, here]) => [close(fold(there)), fold(here)]))
    for (const line of known.sounds) {
      const syllable = line.match(/^[a-z]+/)[0]
      for (const c of line.slice(syllable.length)) sounds.set(c, [...(sounds.get(c) ?? []), syllable])
    }
  }).catch((error) => { more = undefined; throw error }))

  const load = () => (pagefind ??= (async () => {
    if (onDisk) throw new Error(dialog.dataset.disk)
    const module = await import(new URL(dialog.dataset.index, location.href))
    await module.options({
      excerptLength: 24,
      noWorker: true, // the index of a site like this is searched in milliseconds
      ranking: {
        metaWeights: { title: 20, summary: 3, topic: 0 },
        pageLength: 0.75, termFrequency: 1, termSaturation: 1.2, termSimilarity: 5,
      },
    })
    const lang = document.documentElement.lang.split("-")[0]
    const [known] = await Promise.all([fetched(`names.${lang}.json`), module.init()])
    const counts = { topic: new Map(), tag: new Map() }
    for (const [, tags] of Object.values(known)) {
      tags.forEach((tag, i) => {
        const found = counts[i === tags.length - 1 ? "topic" : "tag"]
        found.set(tag, (found.get(tag) ?? 0) + 1)
      })
    }
    for (const [name, found] of Object.entries(counts)) {
      const values = [...found].sort(([a], [b]) => a.localeCompare(b))
      form.elements[name].append(...values.map(([value, n]) => new Option(`${value} (${n})`, value)))
    }
    const names = new Map(Object.entries(known).map(([id, both]) => [id, both.map((part) => part.map((name) => close(fold(name))))]))
    return { engine: module, names, used: new Set([...names.values()].flat(2).join("")) }
  })().catch((error) => { pagefind = undefined; throw error }))

  const element = (tag, name, text) => {
    const node = document.createElement(tag)
    if (name) node.className = name
    if (text) node.textContent = text
    return node
  }
  const excerpt = (html) => { // Pagefind escapes the text; only its <mark> is markup
    const node = element("p", "search__excerpt")
    node.innerHTML = html
    return node
  }
  const show = (data) => {
    const item = element("li")
    const link = element("a", "search__title", data.meta.title)
    link.href = data.url
    item.append(link, element("span", "search__topic", data.meta.topic))
    const hits = data.sub_results.filter((hit) => hit.anchor?.element !== "h1" && hit.url !== data.url)
    const lead = element("p", "search__summary", data.meta.summary)
    item.append(lead)
    for (const hit of hits.slice(0, 3)) {
      const part = element("div", "search__part")
      const anchor = element("a", "", hit.title.replace(/\s*#$/, ""))
      anchor.href = hit.url
      part.append(anchor, excerpt(hit.excerpt))
      item.append(part)
    }
    return item
  }
  // For a word it does not know, Pagefind tries ever shorter beginnings, down to one
  // letter. A result counts if some word of the query is there, or half of it; in Chinese
  // all of a short query, since any two characters stand somewhere.
  const fits = (data, query, words) => {
    const html = [data, ...data.sub_results].map((hit) => hit.excerpt)
    const head = [data.meta.title, data.meta.summary, data.meta.topic]
    if (HAN.test(query)) {
      const wanted = close(query)
      if (close(fold([...head, data.content].join("\n"))).includes(wanted)) return true
      const near = [...head, ...html].map((text) => close(fold((text ?? "").replace(/<\/?mark>/g, ""))))
      const share = (text) => words.filter((word) => text.includes(word)).length / (words.length || 1)
      return near.some((text) => share(text) === 1) || (wanted.length > 6 && share(near.join("\n")) >= 0.5)
    }
    const marked = [...html.join(" ").matchAll(/<mark>(.*?)<\/mark>/g)].map((m) => m[1])
    const found = fold([...marked, ...head].join(" ")).split(/[^\p{L}\p{N}]+/u).filter(Boolean)
    return query.split(/[^\p{L}\p{N}]+/u).filter(Boolean).some((term) => {
      const half = term.slice(0, Math.max(Math.min(3, term.length), Math.ceil(term.length / 2)))
      return found.some((word) => word.startsWith(half) || word.includes(term))
    })
  }
  const say = (message, found = 0) => {
    status.textContent = message
    list.hidden = found === 0
    help.hidden = true
  }

  const pieces = (query) => {
    if (!window.Intl?.Segmenter) return query.split(/\s+/)
    const segments = new Intl.Segmenter(document.documentElement.lang, { granularity: "word" }).segment(query)
    return [...segments].filter((s) => s.isWordLike).map((s) => s.segment)
  }
  // The words that tell: one character says little beside words, 卷 and 积 of 卷积.
  const telling = (pieces) => {
    const words = [...new Set(pieces)]
    const long = words.filter((word) => word.length > 1 || !HAN.test(word))
    return long.length ? long : words
  }
  // A question without what every question has.
  const STOP = new Set(("a an and are as at be between by can compare compared difference differences do does explain "
    + "explained for from how i in into is it its me mean means my of on or should so than that the there to use used "
    + "versus vs was we what whats when where which who why will with work works you").split(" "))
  const ASKS = /什么是|是什么|为什么|为何|怎么(样|办)?|如何|怎样|请问|到底|哪个好?|哪些|有(什么|何)?(区别|不同|差别|联系|关系)|的?(区别|差别|不同|异同|关系)|[吗呢?？]/g
  const content = (query) => {
    const rest = HAN.test(query) ? query.replace(ASKS, " ") : query
    const words = rest.split(/[^\p{L}\p{N}+*#.-]+/u).filter((word) => word && !STOP.has(word))
    return words.join(" ") || query
  }
  // Letters to change, leave out, put in or swap; more than that is another word.
  const near = (a, b) => {
    const size = Math.min(a.length, b.length)
    const most = HAN.test(a) ? (size > 3 ? 1 : 0) : size > 7 ? 2 : size > 3 ? 1 : 0
    if (!most || Math.abs(a.length - b.length) > most || a[0] !== b[0] && a[1] !== b[1]) return false
    let [before, above] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)]
    for (let i = 1; i <= a.length; i++) {
      const row = [i]
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] !== b[j - 1]))
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1)
      }
      ;[before, above] = [above, row]
    }
    return above[b.length] <= most
  }
  // Pinyin: 2 if it is all of the name, or its initials; 1 if it is some of its syllables.
  const reads = (name, typed) => {
    const letters = [...name]
    const from = (i, rest) => { // where the typed letters end, or -1
      if (!rest) return i
      if (i === letters.length) return -1
      for (const s of sounds.get(letters[i]) ?? [letters[i]]) {
        if (rest.startsWith(s)) { const end = from(i + 1, rest.slice(s.length)); if (end >= 0) return end }
        else if (sounds.has(letters[i]) && s.startsWith(rest)) return i + 1
      }
      return -1
    }
    if (!HAN.test(name)) return 0
    const initials = letters.map((c) => (sounds.get(c) ?? [c])[0][0]).join("")
    if (from(0, typed) === letters.length || (typed.length > 2 && typed === initials)) return 2
    return typed.length > 3 && letters.some((c, i) => sounds.has(c) && from(i, typed) > i + 1) ? 1 : 0
  }
  // Which part of some words names have, in Latin letters whole.
  const called = (names, words) => {
    const text = names.join("\n")
    const whole = new Set(text.split(/[^\p{L}\p{N}+*#.-]+|-/u))
    const has = (word) => (HAN.test(word) ? text.includes(word) : whole.has(word))
    return words.filter(has).length / (words.length || 1)
  }
  // How near a query comes to what a note is called: its title or another name first, then
  // its tags, then parts of these.
  const level = ([[title, ...others], tags], query, words) => {
    const all = [title, ...others]
    if (title === query) return 8
    if (others.includes(query)) return 7
    if (tags.includes(query)) return 4
    if (title.includes(query)) return 3
    if (all.some((name) => name.includes(query))) return 2
    const share = called([...all, ...tags], words)
    return words.length > 1 && share >= (words.length > 2 ? 0.5 : 1) ? share : 0
  }
  const guessed = ([names, tags], query) => {
    if (names.some((name) => near(query, name))) return 6
    const typed = query.replace(/[\s']/g, "")
    if (!sounds.size || !/^[a-z]{2,}$/.test(typed)) return 0
    const best = Math.max(...names.map((name) => reads(name, typed)))
    if (best === 2) return 5
    const tag = Math.max(0, ...tags.map((name) => reads(name, typed)))
    return tag === 2 ? 3.5 : best || tag ? 1.5 : 0
  }

  // Pagefind wants all words of a query. If few notes have them all, those that have most
  // come after them. Notes that are called so come first, whether their text says it or not.
  const find = async (typed, filters, deep) => {
    const { engine, names, used } = await load()
    const chinese = document.documentElement.lang.startsWith("zh")
    if (chinese && [...typed].some((c) => HAN.test(c) && !used.has(c))) await learn()
    const folded = fold(typed)
    const query = said.get(close(folded)) ?? folded
    const core = content(query)
    const segments = pieces(core), words = telling(segments)
    const { results: every } = await engine.search(null, { filters })
    const asked = close(query), meant = close(core)
    const levels = new Map(every.map(({ id }) => {
      const note = names.get(id) ?? [[""], []]
      const own = level(note, asked, words)
      return [id, Math.max(own, meant === asked ? 0 : level(note, meant, words) - 0.5)]
    }))
    // Many words that are all in a note's names show it without a look at the index, which
    // costs some 35 kB a word.
    const enough = HAN.test(query) && core === query ? 1 : 7
    const bearers = every.filter(({ id }) => levels.get(id) >= 1)
    if (!deep && segments.length > 2 && bearers.some(({ id }) => levels.get(id) >= enough)) {
      bearers.sort((a, b) => levels.get(b.id) - levels.get(a.id))
      return { query, words, results: bearers.map((note) => ({ named: true, data: () => note.data() })), whole: false }
    }
    const { results } = await engine.search(core, { filters })
    if (results.length < 3 && words.length > 1) {
      const whole = new Set(results.map(({ id }) => id))
      const found = new Map()
      for (const word of words) {
        const { results: some } = await engine.search(word, { filters })
        for (const result of some) {
          if (whole.has(result.id)) continue
          const sum = found.get(result.id) ?? { id: result.id, data: result.data, score: 0, partial: true }
          // A word that few notes have says more than one that many have.
          sum.score += result.score / some.length
          found.set(result.id, sum)
        }
      }
      results.push(...found.values())
    }
    if (Math.max(0, ...levels.values()) < 4) {
      if (chinese && /^[a-z' ]{2,}$/.test(meant)) await learn()
      for (const { id } of every) levels.set(id, Math.max(levels.get(id), guessed(names.get(id) ?? [[""], []], meant)))
    }
    const there = new Set(results.map(({ id }) => id))
    for (const note of every) if (levels.get(note.id) > 0 && !there.has(note.id)) results.push({ ...note, score: 0, partial: true })
    // Apart from that, words that names have count double.
    const rank = new Map(results.map(({ id, score, partial }) => {
      const share = called((names.get(id) ?? [[]]).flat(), words)
      return [id, [levels.get(id) ?? 0, partial ? 0 : 1, score * (1 + share)]]
    }))
    results.sort(({ id: a }, { id: b }) => {
      const [x, y] = [rank.get(a), rank.get(b)]
      return y[0] - x[0] || y[1] - x[1] || y[2] - x[2]
    })
    return { query, words, results: results.map((result) => ({ ...result, named: levels.get(result.id) > 0, data: () => result.data() })), whole: true }
  }

  const search = async (deep = false) => {
    const turn = ++latest
    const query = input.value.trim()
    const url = new URL(location.href)
    if (query) url.searchParams.set("q", query)
    else url.searchParams.delete("q")
    history.replaceState(history.state, "", url)
    if (!query) { list.replaceChildren(); return say(hint) }
    try {
      const filters = {}
      for (const name of ["topic", "tag"]) if (form.elements[name].value) filters[name] = form.elements[name].value
      const { query: meant, words, results, whole } = await find(query, filters, deep)
      if (turn !== latest) return
      let dropped = 0
      const fill = async (from) => {
        const next = results.slice(from, from + page)
        const found = await Promise.all(next.map((r) => r.data()))
        if (turn !== latest) return
        const items = found.filter((data, i) => next[i].named || fits(data, meant, words)).map(show)
        dropped += found.length - items.length
        if (from) list.lastElementChild.remove()
        else list.replaceChildren()
        list.append(...items)
        const left = results.length > from + page
        if (items.length && (left || !whole)) {
          const item = element("li")
          const more = element("button", "search__more", dialog.dataset.more)
          more.type = "button"
          more.onclick = async () => {
            const shown = list.children.length - 1
            if (left) await fill(from + page)
            else await search(true)
            list.children[shown]?.querySelector("a")?.focus()
          }
          item.append(more)
          list.append(item)
        }
      }
      await fill(0)
      if (turn !== latest) return
      const n = list.children.length ? results.length - dropped : 0
      say(n ? (n === 1 ? dialog.dataset.one : dialog.dataset.many.replace("{}", n)) : dialog.dataset.none.replace("{}", query), n)
      help.hidden = n > 0
    } catch {
      if (turn === latest) say(unreachable())
    }
  }

  let timer
  const soon = () => { clearTimeout(timer); timer = setTimeout(() => search(), 60) }
  // While an input method composes, what stands in the box is not yet what is meant.
  input.addEventListener("input", (event) => { if (!event.isComposing) soon() })
  input.addEventListener("compositionstart", () => clearTimeout(timer))
  input.addEventListener("compositionend", soon)
  form.addEventListener("change", (event) => { if (event.target !== input) search() })
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const first = list.querySelector("a")
    if (first && !list.hidden) first.click()
  })

  // Arrow keys walk through the box and all links of the results.
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing) return // they choose among its candidates
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
    if (event.target.matches("select")) return
    const stops = [input, ...list.querySelectorAll("a, button")]
    const here = stops.indexOf(document.activeElement)
    const next = stops[here + (event.key === "ArrowDown" ? 1 : -1)]
    if (next) { event.preventDefault(); next.focus() }
  })

  const prepare = () => load().catch(() => say(unreachable()))
  dialog.addEventListener("search-open", prepare)
  prepare()
  if (input.value && !("composing" in input.dataset)) search() // typed before this file had arrived, or asked by ?q=
})()
