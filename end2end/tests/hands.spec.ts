// What only a page that is alive does: going about without loading, and nothing typed being lost.
import type { Browser } from '@playwright/test'
import { alive, choosePresets, expect, expectAccessible, fillSignIn, hasScript, openCase, signIn, signUp, test, type Page } from '../person'

test('from the list to a case and back, the document stays @script', async ({ page }) => {
  await signUp(page)
  await choosePresets(page, 'Permit application')
  const path = await openCase(page, 'Roof of the old school')
  await page.goto('/cases')
  await alive(page)
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))
  const same = () => page.evaluate(() => 'sameDocument' in window)

  await page.getByRole('link', { name: 'Roof of the old school' }).click()
  await expect(page).toHaveURL(path)
  await expect(page.getByRole('heading', { level: 1, name: 'Roof of the old school' })).toBeVisible()
  await expect(page).toHaveTitle(/^PA-.* · CaseTrakr$/)
  expect(await same(), 'to a case').toBe(true)

  await page.getByLabel('Write on this case').fill('A first note')
  await page.getByRole('button', { name: /^Add/ }).click()
  await expect(page.locator('article.entry', { hasText: 'A first note' })).toBeVisible()
  expect(await same(), 'after a note').toBe(true)

  for (const [name, shown] of [
    ['Edit the facts', page.getByLabel('Title', { exact: true })],
    ['History', page.getByRole('heading', { level: 1, name: /History|happened/ })],
  ] as const) {
    await page.locator('.case-head .menu > summary').click()
    await page.locator('.case-head .menu-list').getByRole('link', { name }).click()
    await expect(shown).toBeVisible()
    await page.goBack()
    await expect(shown).toHaveCount(0)
    await expect(page.getByRole('heading', { level: 1, name: 'Roof of the old school' })).toBeVisible()
  }
  await page.goBack()
  await expect(page).toHaveURL(/\/cases$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Cases' })).toBeVisible()
  for (const place of ['Settings', 'Home', 'Cases']) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place, exact: true }).click()
    await expect(page).toHaveURL(new RegExp(`/${place.toLowerCase()}$`))
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  expect(await same(), 'and everywhere else').toBe(true)
})

test.describe('a page for visitors', () => {
  test.use({ expected: [/status of 404/] })

  test('is loaded whole, and back leads back @script', async ({ page }) => {
    await signUp(page)
    await page.goto('/cases/PA-2026-99999')
    await alive(page)
    await page.getByRole('link', { name: 'Go to the start page' }).click()
    await expect(page).toHaveURL(/\/$/)
    await page.goBack()
    await expect(page.getByRole('heading', { level: 1, name: 'Not found' })).toBeVisible()
  })
})

test('the keyboard leads through the list @script', async ({ page, isMobile }) => {
  test.skip(isMobile, 'a phone has no keys')
  await signUp(page)
  await choosePresets(page, 'Permit application')
  await openCase(page, 'First')
  await openCase(page, 'Second')
  await page.goto('/cases')
  await alive(page)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/cases\/PA-\d{4}-0000\d$/)
  const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await page.keyboard.press('?')
  await expect(shortcuts).toBeVisible()
  await expectAccessible(page)
  await shortcuts.getByRole('button', { name: 'Close' }).click()
  await expect(shortcuts).toBeHidden()
  await page.keyboard.press('?')
  await expect(shortcuts).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(shortcuts).toBeHidden()
  await page.keyboard.press('n')
  await expect(page.getByLabel('Write on this case')).toBeFocused()
})

test('a form that is opened leaves alone what is typed in others @script', async ({ page }) => {
  await signUp(page)
  await choosePresets(page, 'Complaint')
  await openCase(page, 'Three forms')
  await alive(page)
  const note = page.getByLabel('Write on this case')
  const closing = page.locator('#closing')
  const facts = page.locator('#facts')
  await note.fill('Half a note')
  await page.locator('.case-side').getByRole('link', { name: 'Edit', exact: true }).click()
  await facts.getByLabel('Came by').fill('Counter 4')
  await page.locator('.moves').getByRole('link').last().click()
  await expect(closing.getByLabel('Outcome')).toBeFocused()
  await expect(facts.getByLabel('Came by')).toHaveValue('Counter 4')
  await expect(note).toHaveValue('Half a note')
  await page.goBack()
  await expect(closing).toHaveCount(0)
  await expect(facts.getByLabel('Came by')).toBeVisible()
  await expect(note).toHaveValue('Half a note')
})

test('a note that was added says so, and a draft given up can be had back @script', async ({ page }) => {
  await signUp(page)
  await choosePresets(page, 'Permit application')
  await openCase(page, 'Roof of the old school')
  const field = page.getByLabel('Write on this case')
  await field.fill('A first note')
  await page.getByRole('button', { name: /^Add/ }).click()
  await expect(page.locator('.toasts')).toContainText('Note added')
  await expect(field).toHaveValue('')
  expect(await page.evaluate(() => Object.keys(localStorage)), 'nothing is left on the device').toEqual([])

  const audience = page.getByLabel('Who sees it')
  await field.fill('Half a thought')
  await page.getByLabel('Kind', { exact: true }).selectOption('call')
  await audience.selectOption('author')
  await expect(page.getByText('Draft saved')).toBeVisible()
  await page.reload()
  await alive(page)
  await expect(field).toHaveValue('Half a thought')
  await expect(audience).toHaveValue('author')
  await expect(page.getByText('Will be seen by you alone.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add call' })).toBeVisible()
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(page.locator('.toasts')).toContainText('Draft discarded')
  await expect(field).toHaveValue('')
  await expect(audience).toHaveValue('everyone')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(field).toHaveValue('Half a thought')
  await expect(audience).toHaveValue('author')
})

test.describe('a note with a time that has not come', () => {
  test.use({ expected: [/status of 422/] })

  test('says so where it is seen, and keeps the text', async ({ page }) => {
    await signUp(page)
    await choosePresets(page, 'Permit application')
    await openCase(page, 'Roof of the old school')
    await page.getByLabel('Write on this case').fill('Met them on site')
    await page.locator('summary', { hasText: 'When' }).click()
    await page.getByLabel('When it happened').fill('2999-03-01T10:00')
    await page.getByRole('button', { name: /^Add/ }).first().click()
    await expect(page.getByText('Choose a time that has passed.')).toBeVisible()
    await expect(page.getByLabel('Write on this case')).toHaveValue('Met them on site')
  })
})

test.describe('a session that ends', () => {
  test.use({ expected: [/status of 401/] })

  test('under the hands of somebody who writes: signing in happens in place @script', async ({ page, context }) => {
    const member = await signUp(page)
    await choosePresets(page, 'Permit application')
    await openCase(page, 'Roof of the old school')
    const field = page.getByLabel('Write on this case')
    await page.evaluate(() => Object.assign(window, { sameDocument: true }))
    await context.clearCookies()
    await field.fill('Every word of this matters.')
    await page.getByRole('button', { name: /^Add/ }).click()

    const dialog = page.getByRole('dialog', { name: 'Sign in again' })
    await expect(dialog).toBeVisible()
    await expect(dialog.getByLabel('E-mail')).toHaveValue(member.email)
    await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused()
    await dialog.getByLabel('Password', { exact: true }).fill(member.password)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await expect(dialog).toBeHidden()
    // The refused note goes once more by itself.
    await expect(page.locator('article.entry', { hasText: 'Every word of this matters.' })).toHaveCount(1)
    await expect(field).toHaveValue('')
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
  })

  test('and without going on, the text waits for its author', async ({ page, context }) => {
    const member = await signUp(page)
    await choosePresets(page, 'Permit application')
    const path = await openCase(page, 'Roof of the old school')
    await context.clearCookies()
    await page.getByLabel('Write on this case').fill('Still here tomorrow.')
    await page.getByRole('button', { name: /^Add/ }).click()
    if (hasScript()) {
      await expect(page.getByRole('dialog', { name: 'Sign in again' })).toBeVisible()
      await page.goto('/login')
    }
    await expect(page).toHaveURL(/\/login/)
    await fillSignIn(page, member)
    if (hasScript()) await page.goto(path)
    await expect(page).toHaveURL(new RegExp(path))
    await alive(page)
    await expect(page.getByLabel('Write on this case')).toHaveValue('Still here tomorrow.')
  })
})

test.describe('two people at one case', () => {
  test.use({ expected: [/status of 409/] })

  test('the second sees both values, keeps hers and decides', async ({ page, browser }) => {
    const member = await signUp(page)
    await choosePresets(page, 'Permit application')
    const path = await openCase(page, 'Roof')
    await page.goto(`${path}?facts=edit`)
    await alive(page)

    const other = await another(browser)
    await signIn(other, member)
    await other.goto(`${path}?facts=edit`)
    await alive(other)
    await other.getByLabel('Title', { exact: true }).fill('Roof of the town hall')
    await other.getByRole('button', { name: 'Save' }).click()
    await expect(other.getByRole('heading', { level: 1, name: 'Roof of the town hall' })).toBeVisible()

    await page.getByLabel('Title', { exact: true }).fill('Roof of the old school')
    await page.getByRole('button', { name: 'Save' }).click()
    const conflict = page.getByRole('alert')
    await expect(conflict.getByRole('heading', { name: 'Changed since you opened it' })).toBeVisible()
    await expect(conflict.getByRole('row', { name: /Title/ })).toContainText('Roof of the town hall')
    await expect(conflict.getByRole('row', { name: /Title/ })).toContainText('Roof of the old school')
    await expect(page.getByLabel('Title', { exact: true })).toHaveValue('Roof of the old school')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Roof of the old school' })).toBeVisible()
    await other.context().close()
  })
})

/** Somebody else's browser, of the same kind. */
async function another(browser: Browser): Promise<Page> {
  const { viewport, javaScriptEnabled, locale } = test.info().project.use
  const context = await browser.newContext({ viewport, javaScriptEnabled, locale, baseURL: process.env.CASETRAKR_TEST_URL })
  return context.newPage()
}
