import { shades } from './shades.js'

const app = document.querySelector('#app')

for (const shade of shades(210, 8)) {
  const swatch = document.createElement('div')
  swatch.style.background = shade
  swatch.textContent = shade
  app.append(swatch)
}
