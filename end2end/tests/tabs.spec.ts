// One browser, several tabs, and more than one person: what is typed goes where it was meant to go, and stays with its author.
import { alive, choosePresets, expect, hasScript, openCase, signIn, signUp, test, type Page } from '../person'

const drafts = (page: Page) => page.evaluate(() => Object.keys(localStorage).filter(it => it.startsWith('draft:')))

async function signOut(page: Page) {
  await page.getByRole('banner').locator('summary').last().click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(url => url.pathname === '/login')
}

async function createOrganisation(page: Page, name: string) {
  await page.goto('/me')
  await alive(page)
  await page.getByLabel('Name of the organisation').fill(name)
  await page.getByRole('button', { name: 'Create organisation' }).click()
  await page.waitForURL('**/onboarding')
}

test.describe('another organisation in another tab', () => {
  test.use({ expected: [/status of 409/] })

  test('a note goes to the organisation for which it was written', async ({ page, context }) => {
    const member = await signUp(page)
    await choosePresets(page, 'Permit application')
    const path = await openCase(page, 'Of the first office')
    await alive(page)

    const other = await context.newPage()
    await createOrganisation(other, 'Second office')
    await choosePresets(other, 'Permit application')
    expect(await openCase(other, 'Of the second office'), 'both have the same number').toBe(path)

    await page.getByLabel('Write on this case').fill('For the first office alone.')
    await page.getByRole('button', { name: /^Add/ }).click()
    await expect(page.getByRole('alert')).toContainText(`It was written for ${member.organisation}`)
    await expect(page.locator('section', { hasText: 'What you sent is not saved' }).getByRole('textbox')).toHaveValue('For the first office alone.')
    await expect(page.getByRole('heading', { level: 1, name: 'Of the second office' })).toBeVisible()
    await expect(page.locator('.composer textarea')).toHaveValue('')

    await page.getByRole('button', { name: 'Change back, and put it in its place' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Of the first office' })).toBeVisible()
    await alive(page)
    await expect(page.locator('.composer textarea')).toHaveValue('For the first office alone.')
    await page.getByRole('button', { name: /^Add/ }).click()
    await expect(page.locator('article.entry', { hasText: 'For the first office alone.' })).toHaveCount(1)

    // A page of the one is not merged into a document of the other.
    await other.bringToFront()
    await other.goto('/cases').catch(() => {})
    await expect(other.getByText('Of the first office')).toBeVisible()
  })
})

test.describe('a draft that cannot be sent', () => {
  test.use({ expected: [/ERR_FAILED/] })

  test('what is typed is gone from the device after signing out, in every tab @script', async ({ page, context }) => {
    const member = await signUp(page)
    await choosePresets(page, 'Permit application')
    const path = await openCase(page, 'Roof')
    await alive(page)
    // Nothing reaches the server, so all that is typed stays on the device.
    await context.route('**/api/cases/save_draft', route => route.abort())
    const other = await context.newPage()
    await other.goto(path)
    await alive(other)
    await other.getByLabel('Write on this case').fill('Typed in the other tab')
    await expect.poll(() => drafts(other)).toHaveLength(1)
    await page.goto('/home')
    await alive(page)
    await signOut(page)
    await expect.poll(() => drafts(page)).toEqual([])
    await expect(other).toHaveURL(/\/login/)
    expect(await drafts(other)).toEqual([])
    expect(member.email).toBeTruthy()
  })
})

test.describe(() => {
  test.use({ expected: [/status of 401|Failed to load resource/] })

  test('after a session that ran out, what is typed is there for its author and for nobody else @script', async ({ page, context, browser }) => {
    const mine = await signUp(page)
    await choosePresets(page, 'Permit application')
    const path = await openCase(page, 'Roof')
    await alive(page)
    await context.clearCookies()
    await page.getByLabel('Write on this case').fill('Half a thought')
    await expect.poll(() => drafts(page)).toHaveLength(1)
    await expect(page.getByText('your session has ended')).toBeVisible()
    await signIn(page, mine)
    await page.goto(path)
    await alive(page)
    await expect(page.getByLabel('Write on this case')).toHaveValue('Half a thought')

    await context.clearCookies()
    await page.getByLabel('Write on this case').fill('Another thought')
    await expect(page.getByText('your session has ended')).toBeVisible()
    const apart = await browser.newContext({ baseURL: process.env.CASETRAKR_TEST_URL })
    const theirs = await signUp(await apart.newPage())
    await apart.close()
    await signIn(page, theirs)
    await page.goto('/home')
    await alive(page)
    expect(await drafts(page)).toEqual([])
  })
})

test('signing out without script leaves nothing typed in forms that come back', async ({ page }) => {
  test.skip(hasScript(), 'with script the form stays where it is')
  await signUp(page)
  await choosePresets(page, 'Permit application')
  await openCase(page, 'Roof')
  const answer = page.waitForResponse(it => it.url().endsWith('/api/accounts/sign_out'))
  await signOut(page)
  expect((await (await answer).allHeaders())['clear-site-data']).toContain('"storage"')
})
