// Steppers: the frames stand in the page; this shows one of them at a time. It plays when
// it is told to, never by itself, and nothing moves from frame to frame.
(() => {
  const PAUSE = 1600 // milliseconds that a frame stays while it plays
  for (const box of document.querySelectorAll(".steps")) {
    const frames = [...box.querySelectorAll(".steps__frame")]
    const controls = box.querySelector(".steps__controls")
    const slider = box.querySelector("input")
    const count = box.querySelector(".steps__count")
    const status = box.querySelector("[role=status]")
    const button = (name) => controls.querySelector(`[data-go=${name}]`)
    const play = button("play")
    const labels = [play.title, play.dataset.pause]
    const last = frames.length - 1
    let now = 0, timer

    const show = (next, aloud = true) => {
      frames[now].classList.remove("steps__frame--now")
      now = Math.max(0, Math.min(last, next))
      frames[now].classList.add("steps__frame--now")
      slider.value = now + 1
      count.textContent = `${now + 1} / ${frames.length}`
      slider.setAttribute("aria-valuetext", count.textContent)
      // Not `disabled`, which would take the focus away from whoever steps by keyboard.
      for (const name of ["first", "back"]) button(name).ariaDisabled = now === 0
      for (const name of ["forward", "last"]) button(name).ariaDisabled = now === last
      if (aloud) status.textContent = frames[now].querySelector("p").textContent
    }
    const stop = () => {
      clearInterval(timer)
      timer = undefined
      play.title = labels[0]
      play.classList.remove("steps--plays")
    }
    const start = () => {
      if (now === last) show(0, false)
      timer = setInterval(() => {
        show(now + 1, now + 1 >= last) // read out where it ends, not on the way
        if (now === last) stop()
      }, PAUSE)
      play.title = labels[1]
      play.classList.add("steps--plays")
    }
    const go = {
      first: () => show(0),
      back: () => show(now - 1),
      forward: () => show(now + 1),
      last: () => show(last),
    }

    controls.addEventListener("click", ({ target }) => {
      const name = target.closest("[data-go]")?.dataset.go
      if (!name) return
      if (name === "play" && !timer) return start()
      stop()
      if (name === "play") show(now) // say where it was stopped
      else go[name]()
    })
    slider.addEventListener("input", () => { stop(); show(slider.value - 1) })
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
      const name = {
        ArrowLeft: "back", ArrowDown: "back", ArrowRight: "forward", ArrowUp: "forward",
        Home: "first", End: "last",
      }[event.key]
      if (!name || (event.target !== slider && /Up|Down/.test(event.key))) return
      event.preventDefault()
      stop()
      go[name]()
    })
    box.querySelector(".steps__frames").tabIndex = -1 // a click on the drawing, then arrows
    show(0, false)
  }
})()
