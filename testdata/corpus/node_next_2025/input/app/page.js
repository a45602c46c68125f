import { upcoming } from '../lib/events'

export default function Page() {
  return (
    <ul>
      {upcoming(new Date()).map((event) => (
        <li key={event.title}>{event.title}</li>
      ))}
    </ul>
  )
}
