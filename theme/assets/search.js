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

  const load = () => (pagefind ??= (async () => {
    const module = await import(new URL(dialog.dataset.index, location.href))
    await module.options({
      excerptLength: 24,
      noWorker: true, // the index of a site like this is searched in milliseconds
      ranking: {
        metaWeights: { title: 20, summary: 3, aliases: 0, topic: 0 },
        pageLength: 0.75, termFrequency: 1, termSaturation: 1.2, termSimilarity: 5,
      },
    })
    const lang = document.documentElement.lang
    const [filters, names] = await Promise.all([
      module.init().then(() => module.filters()),
      fetch(new URL(`names.${lang}.json`, new URL(dialog.dataset.index, location.href))).then((r) => r.json()),
    ])
    for (const name of ["topic", "tag"]) {
      const values = Object.entries(filters[name] ?? {}).sort(([a], [b]) => a.localeCompare(b))
      form.elements[name].append(...values.map(([value, n]) => new Option(`${value} (${n})`, value)))
    }
    return { engine: module, names }
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
  // letter. A result counts if some word of the query is there, or half of it.
  const fits = (data, query) => {
    const html = [data, ...data.sub_results].map((hit) => hit.excerpt).join(" ")
    const marked = [...html.matchAll(/<mark>(.*?)<\/mark>/g)].map((m) => m[1])
    const found = [...marked, data.meta.title, data.meta.aliases, data.meta.summary, data.meta.topic]
      .join(" ").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)
    return query.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).some((term) => {
      if (/\p{Script=Han}/u.test(term)) return [...term].some((c) => found.some((word) => word.includes(c)))
      const half = term.slice(0, Math.max(Math.min(3, term.length), Math.ceil(term.length / 2)))
      return found.some((word) => word.startsWith(half) || word.includes(term))
    })
  }
  const say = (message, found = 0) => {
    status.textContent = message
    list.hidden = found === 0
    help.hidden = true
  }

  const split = (query) => {
    if (!window.Intl?.Segmenter) return query.split(/\s+/)
    const segments = new Intl.Segmenter(document.documentElement.lang, { granularity: "word" }).segment(query)
    return [...new Set([...segments].filter((s) => s.isWordLike).map((s) => s.segment))]
  }
  // A note whose name is the query comes first, then one whose title has it within, then
  // one of whose other names has. Apart from that, words that names have count double.
  const ranked = (results, names, query, words) => {
    // Chinese beside Latin letters is written with a space or without.
    const close = (text) => (/\p{Script=Han}/u.test(text) ? text.replace(/\s+/g, "") : text)
    query = close(query)
    const rank = new Map(results.map(({ id, score, partial }) => {
      const [title, ...others] = (names[id] ?? [""]).map(close)
      const all = [title, ...others].join("\n")
      const share = words.filter((word) => all.includes(word)).length / (words.length || 1)
      const level = title === query || others.includes(query) ? 3 : title.includes(query) ? 2 : all.includes(query) ? 1 : 0
      return [id, [level, partial ? 0 : 1, score * (1 + share)]]
    }))
    return results.sort(({ id: a }, { id: b }) => {
      const [x, y] = [rank.get(a), rank.get(b)]
      return y[0] - x[0] || y[1] - x[1] || y[2] - x[2]
    })
  }

  // Pagefind wants all words of a query. If few notes have them all, those that have most
  // come after them.
  const find = async (query, filters) => {
    const { engine, names } = await load()
    const { results } = await engine.search(query, { filters })
    const words = split(query.toLowerCase())
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
    return ranked(results, names, query.toLowerCase(), words)
  }

  const search = async () => {
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
      const results = await find(query, filters)
      if (turn !== latest) return
      let dropped = 0
      const fill = async (from) => {
        const found = await Promise.all(results.slice(from, from + page).map((r) => r.data()))
        if (turn !== latest) return
        const items = found.filter((data) => fits(data, query)).map(show)
        dropped += found.length - items.length
        if (from) list.lastElementChild.remove()
        else list.replaceChildren()
        list.append(...items)
        if (items.length && results.length > from + page) {
          const item = element("li")
          const more = element("button", "search__more", dialog.dataset.more)
          more.type = "button"
          more.onclick = async () => {
            const shown = list.children.length - 1
            await fill(from + page)
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
      if (turn === latest) say(dialog.dataset.error)
    }
  }

  let timer
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 60) })
  form.addEventListener("change", (event) => { if (event.target !== input) search() })
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const first = list.querySelector("a")
    if (first && !list.hidden) first.click()
  })

  // Arrow keys walk through the box and all links of the results.
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
    if (event.target.matches("select")) return
    const stops = [input, ...list.querySelectorAll("a, button")]
    const here = stops.indexOf(document.activeElement)
    const next = stops[here + (event.key === "ArrowDown" ? 1 : -1)]
    if (next) { event.preventDefault(); next.focus() }
  })

  const prepare = () => load().catch(() => say(dialog.dataset.error))
  dialog.addEventListener("search-open", prepare)
  prepare()
  if (input.value) search() // typed before this file had arrived, or asked by ?q=
})()
