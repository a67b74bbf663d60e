/** How `/docs` looks: in the scheme of its reader, with a way back to the page at `/`. Its files are sent by the service itself. */
export const DOCS_THEME = {
  title: 'API · portkey-metrics-proxy',
  css: [
    {
      filename: 'page.css',
      content: `.back {
  display: block;
  max-width: 1460px;
  margin: 0 auto;
  padding: 1rem 20px 0;
  font: 1rem sans-serif;
}

html.dark-mode {
  color-scheme: dark;
}

html.dark-mode body {
  background: #1c2022;
}

html.dark-mode .back {
  color: #8c9bff;
}
`,
    },
  ],
  js: [
    {
      filename: 'page.js',
      // The sheet of Swagger UI has a dark scheme, which this class turns on. The link is found from where the script lies: a proxy may
      // put a path before all of it.
      content: `const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()
const back = document.createElement('a')
back.className = 'back'
back.href = new URL('../../../', document.currentScript.src).href
back.textContent = '← Explore'
document.body.prepend(back)
`,
    },
  ],
}
