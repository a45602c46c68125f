const events = [
  { title: 'Garden day', date: '2031-05-02' },
  { title: 'Repair café', date: '2031-06-13' },
]

export function upcoming(now) {
  return events.filter((event) => new Date(event.date) >= now)
}
