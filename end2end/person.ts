// What every test here stands on: a browser in which nothing may go wrong unseen, and the things that a person
// does again and again.
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test as base, type Page } from '@playwright/test'
import { readFileSync } from 'node:fs'

export { expect, type Page }

type Options = {
  /** Messages that a test brings about on purpose, such as the browser's own line about a 404. */
  expected: RegExp[]
}

export const test = base.extend<Options & { trap: void }>({
  baseURL: async ({}, use) => use(process.env.CASETRAKR_TEST_URL),
  expected: [[], { option: true }],

  // Fails a test for what a person does not see: console errors and warnings (hydration and CSP among them),
  // uncaught errors, answers of 500 and above, and any request to somebody else's server.
  trap: [
    async ({ context, baseURL, expected }, use) => {
      const problems: string[] = []
      // Without script nobody uses what is fetched ahead for it.
      const fine = hasScript() ? expected : [...expected, /was preloaded using link preload but not used/]
      const note = (what: string) => fine.some(it => it.test(what)) || problems.push(what)
      context.on('console', it => ['error', 'warning'].includes(it.type()) && note(`${it.type()}: ${it.text()}`))
      context.on('weberror', it => note(`uncaught: ${it.error().stack ?? it.error()}`))
      context.on('response', it => it.status() >= 500 && note(`${it.status()}: ${it.request().method()} ${it.url()}`))
      context.on('request', it => /^(https?|wss?):/.test(it.url()) && new URL(it.url()).origin !== baseURL &&
        note(`asked another server: ${it.url()}`))
      await use()
      expect(problems, 'what went wrong behind the page').toEqual([])
    },
    { auto: true },
  ],
})

/** With script, waits until the page has been taken over; without it there is nothing to wait for. */
export async function alive(page: Page) {
  if (await scripted(page)) await page.locator('html[data-hydrated]').waitFor({ state: 'attached' })
}

async function scripted(page: Page) {
  return hasScript() && (await page.locator('script[type=module]').count()) > 0
}

/** Whether this project's browser runs scripts. */
export const hasScript = () => test.info().project.use.javaScriptEnabled !== false

/** axe with every rule on, the 24 px targets of WCAG 2.2 among them. Without frames its old mode finds the same, sooner. */
export async function expectAccessible(page: Page) {
  // What a bar that stays in its place covers can be scrolled from under it; axe takes it for too small.
  await page.evaluate(() => {
    const still = new CSSStyleSheet()
    still.replaceSync('.rail, .topbar { position: static !important }')
    document.adoptedStyleSheets = [still]
  })
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().options({ rules: { 'target-size': { enabled: true } } }).analyze()
  await page.evaluate(() => (document.adoptedStyleSheets = []))
  const found = violations.map(it => `${it.id} (${it.impact}): ${it.help}\n  ${it.nodes.map(n => n.html).join('\n  ')}`)
  expect.soft(found, `axe on ${page.url()}`).toEqual([])
}

/** What must hold of each page, whatever is on it. */
export async function expectWellMade(page: Page) {
  await expect.soft(page.locator('h1')).toHaveCount(1)
  await expect(page).toHaveTitle(/\S/)
  expect(await page.locator('html').getAttribute('lang'), 'the language of the page').toBeTruthy()
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect.soft(tooWide, 'pixels that scroll sideways').toBeLessThanOrEqual(0)
}

/** A picture for people, in pictures/, when CASETRAKR_TEST_PICTURES is set. */
export async function picture(page: Page, name: string) {
  if (process.env.CASETRAKR_TEST_PICTURES) await page.screenshot({ path: `pictures/${name}-${test.info().project.name}.png`, fullPage: true })
}

/** Without SMTP, links for an address stand in the operator's log: the newest one that holds `path`. */
export async function mailedLink(email: string, path: string) {
  let found: string | undefined
  await expect(async () => {
    const lines = readFileSync(process.env.CASETRAKR_TEST_LOG!, 'utf8').split('\n').filter(it => it.includes(email))
    found = lines.flatMap(it => it.match(/https?:\/\/[^\s"'\\<>]+/g) ?? []).filter(it => it.includes(path)).at(-1)
    expect(found, `a link with ${path} for ${email} in the log`).toBeTruthy()
  }).toPass({ timeout: 10_000 })
  return new URL(found!).pathname
}

let nth = 0
/** A name that no other test uses, in this run or another. In letters: one with many digits is taken for a telephone number. */
export const unique = (word: string) =>
  `${word}-${Date.now().toString(36)}-${test.info().workerIndex}-${nth++}`.replace(/\d/g, digit => 'abcdefghij'.charAt(Number(digit)))

export type Member = { name: string; email: string; password: string; organisation: string }

/** Signs up. Ends on /signup/sent, or on /onboarding: the very first account of an instance need not confirm its address. */
export async function askToSignUp(page: Page): Promise<Member> {
  const who = unique('ada')
  const member = {
    name: 'Ada Brink', email: `${who}@example.org`, password: `the river walks ${Math.random().toString(36).slice(2)} home`, organisation: `Office ${who}`,
  }
  await page.goto('/signup')
  await page.getByLabel('Your name').fill(member.name)
  await page.getByLabel('E-mail').fill(member.email)
  await page.getByLabel('Organisation').fill(member.organisation)
  await page.getByLabel('Password', { exact: true }).fill(member.password)
  await page.getByLabel(/18 or older/).check()
  await page.getByLabel(/privacy policy/i).check()
  await page.getByRole('button', { name: 'Create organisation' }).click()
  await page.waitForURL(url => ['/onboarding', '/signup/sent'].includes(url.pathname))
  return member
}

/** Signs up and confirms the address. Ends on /onboarding. */
export async function signUp(page: Page): Promise<Member> {
  const member = await askToSignUp(page)
  if (new URL(page.url()).pathname === '/signup/sent') {
    await page.goto(await mailedLink(member.email, '/verify-email/'))
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await expect(page.getByText('The address is confirmed.')).toBeVisible()
    await fillSignIn(page, member)
    await page.waitForURL('**/onboarding')
  }
  return member
}

/** Invites somebody and goes on as them. */
export async function invite(page: Page, role: string): Promise<Member> {
  const who = unique('ben')
  const member = { name: 'Ben Vos', email: `${who}@example.org`, password: 'a boat on quiet water', organisation: '' }
  await page.goto('/settings/members')
  await alive(page)
  await page.getByLabel('E-mail').fill(member.email)
  await page.getByLabel('Role', { exact: true }).selectOption({ label: await option(page, role) })
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText(member.email, { exact: true })).toBeVisible()
  const link = await mailedLink(member.email, '/invite/')
  await page.context().clearCookies()
  await page.goto(link)
  await page.getByLabel('Your name').fill(member.name)
  await page.getByLabel('Password', { exact: true }).fill(member.password)
  await page.getByLabel(/18 or older/).check()
  await page.getByLabel(/privacy policy/i).check()
  await page.getByRole('button', { name: 'Create account and join' }).click()
  await page.waitForURL(url => url.pathname === '/home')
  return member
}

async function option(page: Page, begins: string) {
  const all = await page.getByLabel('Role', { exact: true }).locator('option').allInnerTexts()
  return all.find(it => it.startsWith(begins)) ?? begins
}

/** Chooses case types by their names. */
export async function choosePresets(page: Page, ...names: string[]) {
  await page.goto('/onboarding')
  await alive(page)
  for (const name of names) await page.getByLabel(name).check()
  await page.getByRole('button', { name: 'Use these case types' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Ready to begin' })).toBeVisible()
}

/** Opens a case and answers its address. */
export async function openCase(page: Page, title: string) {
  await page.goto('/cases/new')
  await alive(page)
  await page.getByLabel('Title', { exact: true }).fill(title)
  await page.getByRole('button', { name: 'Open case' }).click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  return new URL(page.url()).pathname
}

export async function signIn(page: Page, member: Member) {
  await page.goto('/login')
  await fillSignIn(page, member)
}

/** The same, on the sign-in page that one has been led to. */
export async function fillSignIn(page: Page, member: Member) {
  await page.getByLabel('E-mail').fill(member.email)
  await page.getByLabel('Password', { exact: true }).fill(member.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(url => url.pathname !== '/login')
}
