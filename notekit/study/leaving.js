// The service worker of a site that keeps nothing, such as a preview. If an older site at
// the same address left one in the browser, this takes its place, removes what it kept
// and itself, and shows the pages again.
addEventListener("install", () => skipWaiting())
addEventListener("activate", (event) => event.waitUntil((async () => {
  await caches.delete(`offline ${registration.scope}`)
  await registration.unregister()
  for (const client of await clients.matchAll({ type: "window" })) client.navigate(client.url)
})()))
