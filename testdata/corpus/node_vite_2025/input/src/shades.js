export function shades(hue, count) {
  return Array.from({ length: count }, (_, i) => {
    const light = Math.round(90 - (70 * i) / (count - 1))
    return `hsl(${hue} 70% ${light}%)`
  })
}
