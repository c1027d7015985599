// The question about cookies, and what the answers switch. The numbers are those of the list of checks (CB-1 to CB-30)
// that the banner must pass; what needs no browser is checked in src/privacy/consent/tests.
import { trickle } from '../trickle'
import { alive, choosePresets, expect, expectAccessible, expectWellMade, hasScript, picture, signUp, test, type Page } from '../person'

const question = (page: Page) => page.getByRole('region', { name: 'May we keep something in your browser?' })
const button = (page: Page, name: string) => question(page).getByRole('button', { name })
const said = (page: Page) => page.getByRole('status').filter({ hasText: 'Your choice is stored' })
const cookies = async (page: Page) => (await page.context().cookies()).map(it => it.name.replace('__Host-', '')).sort()

const visitors = ['/', '/login', '/signup', '/forgot', '/privacy', '/privacy/choices', '/cookies', '/accessibility', '/appearance']

async function kept(page: Page) {
  return page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }))
}
const nothing = { local: 0, session: 0, databases: 0, caches: 0, workers: 0 }

for (const answer of ['none', 'Reject all'] as const) {
  test(`CB-1, CB-2: after the answer "${answer}" the browser holds nothing but the answer @script`, async ({ page }) => {
    if (answer !== 'none') {
      await page.goto('/')
      await button(page, answer).click()
    }
    for (const path of visitors) {
      await page.goto(path)
      await expect(question(page)).toHaveCount(answer === 'none' ? 1 : 0)
      expect(await cookies(page), path).toEqual(answer === 'none' ? [] : ['ct_consent'])
      expect(await kept(page), path).toEqual(nothing)
    }
  })
}

test('CB-4: scrolling, waiting, Escape and going about are no consent @script', async ({ page }) => {
  await page.goto('/privacy')
  for (let screen = 0; screen < 5; screen++) await page.mouse.wheel(0, 800)
  await page.keyboard.press('Escape')
  await page.waitForTimeout(2_000)
  await page.evaluate(() => scrollTo(0, 0))
  await expect(question(page)).toBeVisible()
  await page.goto('/cookies')
  await expect(question(page)).toBeVisible()
  expect(await cookies(page)).toEqual([])
})

test('CB-6: refusing is as easy to see and to hit as accepting @script', async ({ page }) => {
  for (const viewport of [{ width: 320, height: 568 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(viewport)
    await page.goto('/')
    const [reject, accept, choose] = await Promise.all(
      ['Reject all', 'Accept all', 'Choose'].map(name =>
        button(page, name).evaluate(it => {
          const { fontSize, fontWeight, padding, borderTopWidth, borderTopColor, color, backgroundColor } = getComputedStyle(it)
          const { width, height, bottom, right } = it.getBoundingClientRect()
          return { look: { fontSize, fontWeight, padding, borderTopWidth, borderTopColor, color, backgroundColor }, width, height, bottom, right }
        }),
      ),
    )
    expect(reject.look).toEqual(accept.look)
    expect(choose.look).toEqual(accept.look)
    expect(Math.abs(reject.width * reject.height / (accept.width * accept.height) - 1)).toBeLessThan(0.05)
    expect(reject.height, '44 px').toBeGreaterThanOrEqual(44)
    for (const it of [reject, accept, choose]) {
      expect(it.bottom, `in the first view at ${viewport.width}`).toBeLessThanOrEqual(viewport.height)
      expect(it.right).toBeLessThanOrEqual(viewport.width)
    }
  }
})

test('CB-7, CB-8: answering, changing one\'s mind and withdrawing, on the page where one is', async ({ page }) => {
  await page.goto('/login?next=/cases')
  await button(page, 'Reject all').click()
  await expect(page).toHaveURL(/\/login\?next=(\/|%2F)cases&consent=stored#consent-said$/)
  await expect(said(page)).toBeVisible()
  await expect(question(page)).toHaveCount(0)
  await page.getByRole('link', { name: 'Hide this' }).click()
  await expect(page).toHaveURL(/\/login\?next=(\/|%2F)cases$/)
  await expect(said(page)).toHaveCount(0)

  await page.getByRole('contentinfo').getByRole('link', { name: 'Your privacy choices' }).click()
  await expect(page.getByText('Only what is necessary is in use.')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Preferences' }).check()
  await page.getByRole('button', { name: 'Save my choice' }).click()
  await expect(page.getByText('You allow preferences. Nothing is counted.')).toBeVisible()
  await page.getByRole('button', { name: 'Accept all' }).click()
  await expect(page.getByText('You allow preferences and analytics.')).toBeVisible()
  expect(await cookies(page)).toContain('ct_aid')
  await page.getByRole('button', { name: 'Withdraw all' }).click()
  await expect(page.getByText('Only what is necessary is in use.')).toBeVisible()
  expect(await cookies(page)).toEqual(['ct_consent'])
  await expect(page.getByText('You withdrew your consent')).toBeVisible()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download all receipts' }).click()
  expect((await download).suggestedFilename()).toBe('consent-receipts.json')
})

type Seen = { shifts: string[]; changes: number }

/** Notes from the first moment of each page what moves, by name and with where from and where to. */
async function watch(page: Page) {
  await page.addInitScript(() => {
    const seen = { shifts: [] as string[], changes: 0 }
    Object.assign(window, { seen })
    type Shift = { value: number; sources: { node?: Element; previousRect: DOMRect; currentRect: DOMRect }[] }
    const told = (it: Shift) => it.sources.map(({ node, previousRect: a, currentRect: b }) =>
      `${node?.nodeName}.${node?.className} ${a.x},${a.y} ${a.width}x${a.height} > ${b.x},${b.y} ${b.width}x${b.height}`)
    new PerformanceObserver(list => (list.getEntries() as unknown as Shift[]).forEach(it => seen.shifts.push(`${it.value}`, ...told(it))))
      .observe({ type: 'layout-shift', buffered: true })
    document.addEventListener('DOMContentLoaded', () => {
      const banner = document.querySelector('.consent')
      if (banner) {
        new MutationObserver(all => (seen.changes += all.length))
          .observe(banner, { attributes: true, childList: true, characterData: true, subtree: true })
      }
    })
  })
}
const seen = (page: Page) => page.evaluate(() => (window as unknown as { seen: Seen }).seen)

test('CB-10: nothing flashes and nothing jumps @script', async ({ page }) => {
  await watch(page)
  await page.goto('/')
  await page.waitForTimeout(2_000)
  expect(await seen(page)).toEqual({ shifts: [], changes: 0 })
  await signUp(page)
  await page.goto('/home')
  await expect(question(page)).toBeVisible()
  await alive(page)
  await page.waitForTimeout(1_000)
  const { shifts, changes } = await seen(page)
  expect(changes, 'taking the page over leaves the question as it is').toBe(0)
  expect(shifts).toEqual([])
})

test.describe('on a slow line', () => {
  test.use({ expected: [/^asked another server: http:\/\/127\.0\.0\.1:/] })

  test('CB-10: nothing jumps while a page comes piece by piece @script', async ({ page, baseURL }) => {
    test.setTimeout(120_000)
    await signUp(page)
    await watch(page)
    const line = await trickle(baseURL ?? '')
    for (const path of ['/home', '/cases/new', '/privacy/choices']) {
      await test.step(path, async () => {
        await page.goto(line.url + path)
        await expect(question(page)).toBeVisible()
        expect((await seen(page)).shifts).toEqual([])
      })
    }
    line.end()
  })
})

test.describe('with a signal', () => {
  test.use({ extraHTTPHeaders: { 'Sec-GPC': '1' } })

  test('CB-17, CB-19: it is honoured without a question, until somebody says yes', async ({ page }) => {
    await page.goto('/')
    await expect(question(page)).toHaveCount(0)
    await expect(page.getByRole('contentinfo')).toContainText('Opt-out preference signal honoured')
    expect(await cookies(page)).toEqual([])
    await page.goto('/privacy/choices')
    await expect(page.getByText('Opt-out preference signal honoured.')).toBeVisible()
    await page.getByRole('button', { name: 'Accept all' }).click()
    await expect(page.getByText('for that your yes holds')).toBeVisible()
    expect(await cookies(page)).toContain('ct_aid')
  })
})

test('CB-20: axe finds nothing, light, dark and with forced colours @script', async ({ page }) => {
  test.setTimeout(120_000)
  for (const media of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { colorScheme: 'light', forcedColors: 'active' }] as const) {
    await page.emulateMedia(media)
    for (const path of ['/', '/privacy/choices', '/cookies', '/appearance']) {
      await page.goto(path)
      await expect(question(page)).toBeVisible()
      await expectWellMade(page)
      await expectAccessible(page)
      await picture(page, `consent${path.replaceAll('/', '-')}-${'forcedColors' in media ? 'forced' : media.colorScheme}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await button(page, 'Accept all').click()
  await page.goto('/privacy/choices?consent=stored')
  await expectAccessible(page)
  await picture(page, 'consent-choices-made')
})

test('CB-21: the keyboard is enough, and the focus lands on the word that it is stored @script', async ({ page, isMobile }) => {
  test.skip(isMobile, 'a phone has no keys')
  for (const key of ['Enter', 'Space']) {
    await page.context().clearCookies()
    await page.goto('/cookies')
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim())
    for (const name of ['Skip to content', 'Reject all', 'Accept all', 'Choose', 'Privacy policy', 'List of cookies']) {
      await page.keyboard.press('Tab')
      expect(await focused()).toBe(name)
    }
    for (let back = 0; back < 4; back++) await page.keyboard.press('Shift+Tab')
    expect(await focused()).toBe('Reject all')
    await page.keyboard.press(key)
    await expect(said(page)).toBeFocused()
  }
})

test('CB-22: what has the focus is never covered @script', async ({ page, isMobile }) => {
  test.skip(isMobile, 'a phone has no keys')
  await page.goto('/privacy/choices')
  for (let nth = 0; nth < 60; nth++) {
    await page.keyboard.press('Tab')
    const covered = await page.evaluate(() => {
      const it = document.activeElement
      if (!it || it === document.body) return null
      const { x, y, width, height } = it.getBoundingClientRect()
      const points = [[x + 2, y + 2], [x + width / 2, y + height / 2], [x + width - 2, y + height - 2]]
      const seen = points.some(([x, y]) => {
        const top = document.elementFromPoint(x, y)
        return top && (it.contains(top) || top.contains(it))
      })
      return seen ? null : it.outerHTML.slice(0, 200)
    })
    expect(covered).toBeNull()
  }
})

test('CB-23: a screen reader hears a named region with three buttons', async ({ page }) => {
  await page.goto('/login')
  await expect(question(page)).toMatchAriaSnapshot(`
    - region "May we keep something in your browser?":
      - heading "May we keep something in your browser?" [level=2]
      - paragraph
      - button "Reject all"
      - button "Accept all"
      - button "Choose"
      - paragraph:
        - link "Privacy policy"
        - link "List of cookies"
  `)
})

test.describe('somebody else\'s script', () => {
  test.use({ expected: [/stray\.example|Content Security Policy|ERR_BLOCKED_BY_CSP/i] })

  test('CB-24, CB-27: cannot be loaded, and finds no interface @script', async ({ page }) => {
    await page.goto('/')
    const outcome = await page.evaluate(() => new Promise(done => {
      document.addEventListener('securitypolicyviolation', it => done(it.blockedURI))
      const script = Object.assign(document.createElement('script'), { src: 'https://stray.example/tag.js', onload: () => done('loaded') })
      document.head.append(script)
      setTimeout(() => done('nothing'), 5_000)
    }))
    expect(outcome).toContain('stray.example')
    expect(await page.evaluate(() => ['__tcfapi', 'dataLayer', 'gtag'].filter(name => name in window))).toEqual([])
  })
})

test('a member is asked, chooses an appearance, and keeps it as long as they allow', async ({ page }) => {
  await signUp(page)
  await choosePresets(page, 'Complaint')
  await page.goto('/cases')
  await alive(page)
  await expect(question(page)).toBeVisible()
  if (hasScript()) await picture(page, 'consent-member')
  await button(page, 'Accept all').click()
  await expect(page).toHaveURL(/\/cases\?consent=stored#consent-said$/)
  await alive(page)
  await expect(said(page)).toBeVisible()
  expect(await cookies(page)).toEqual(['ct_aid', 'ct_consent', 'ct_device', 'ct_session'])

  await page.goto('/home')
  await alive(page)
  await page.locator('.topbar details.menu > summary').click()
  await page.getByRole('link', { name: 'Appearance' }).click()
  await page.getByLabel('Dark').check()
  await page.getByLabel(/Compact/).check()
  await page.getByRole('button', { name: 'Use this appearance' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await expect(page.locator('html')).toHaveAttribute('data-density', 'compact')
  if (hasScript()) {
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe('rgb(21, 25, 24)')
    await expectAccessible(page)
  }
  const looks = (await page.context().cookies()).find(it => it.name.endsWith('ct_looks'))
  expect(looks!.expires * 1000 - Date.now()).toBeGreaterThan(181 * 86_400_000)

  await page.goto('/settings/usage')
  await expect(page.getByRole('heading', { level: 1, name: 'Usage data' })).toBeVisible()
  if (hasScript()) await picture(page, 'usage')
  await page.goto('/privacy/choices')
  await page.getByRole('button', { name: 'Withdraw all' }).click()
  await expect(page.locator('html')).not.toHaveAttribute('data-theme')
  expect(await cookies(page)).toEqual(['ct_consent', 'ct_device', 'ct_session'])
})

test.describe('a page that is not there', () => {
  test.use({ expected: [/status of 404/] })

  test('CB-30: asks and leads to the choices', async ({ page }) => {
    await signUp(page)
    await page.goto('/no/such/page')
    await expect(question(page)).toBeVisible()
    await page.getByRole('contentinfo').getByRole('link', { name: 'Your privacy choices' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Your privacy choices' })).toBeVisible()
  })
})
