// Rights requests as a person makes and works them: with and without script, on a large screen and on a phone.
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { expect, expectAccessible, expectWellMade, hasScript, mailedLink, picture, signUp, test, unique, type Page } from '../person'
import { bin, root } from '../server'

async function look(page: Page, name: string) {
  await expectWellMade(page)
  // axe is a script itself.
  if (hasScript()) await expectAccessible(page)
  await picture(page, name)
}

/** Makes whoever is signed in an operator, from the command line as the real one does. */
function makeOperator(email: string) {
  const data = join(dirname(process.env.CASETRAKR_TEST_LOG!), 'data')
  execFileSync(bin, ['user', 'operator', email, '--add', '--data', data], { cwd: root })
}

/** Asks through the form, from the link at the foot of the front page; ends on the tracking page. */
async function ask(page: Page, kind: string, email: string, words: string) {
  await page.goto('/')
  await page.getByRole('contentinfo').getByRole('link', { name: 'Privacy requests' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Ask about your personal data' })).toBeVisible()
  await page.getByLabel('My own account, or my visit').check()
  await page.getByLabel(kind).check()
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByLabel('Your e-mail address').fill(email)
  await page.getByLabel(/^What is it about/).fill(words)
  await page.getByRole('button', { name: 'Send the request' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'We have your request' })).toBeVisible()
  await page.goto(await mailedLink(email, '/privacy/confirm/'))
  await page.getByRole('button', { name: 'It was me' }).click()
  await page.waitForURL('**/privacy/track/**')
}

test.describe('with a file that cannot be taken', () => {
  test.use({ expected: [/status of 422/] })

  test('DR-9: a request goes from the footer to its answer', async ({ page, browser }) => {
    test.setTimeout(120_000)
    const email = `${unique('rita')}@example.org`
    await page.goto('/privacy/request')
    await look(page, 'request-choose')
    await page.goto('/privacy/request?kind=rectification&concern=case')
    await look(page, 'request-form')
    await ask(page, 'Correct my data', email, 'My name is written with one n.')
    await look(page, 'track')
    const track = page.url()
    const reference = await page.locator('h1 .number').innerText()

    const office = await browser.newContext({ javaScriptEnabled: hasScript(), baseURL: process.env.CASETRAKR_TEST_URL, viewport: page.viewportSize() })
    const desk = await office.newPage()
    const member = await signUp(desk)
    makeOperator(member.email)
    await desk.goto('/operator/requests')
    await look(desk, 'inbox')
    await desk.goto('/operator/requests')
    await desk.getByRole('row').filter({ hasText: reference }).getByRole('link').click()
    await expect(desk.getByText('My name is written with one n.').first()).toBeVisible()
    await look(desk, 'operator-request')
    await desk.getByRole('button', { name: 'Accept the request' }).click()
    await desk.getByLabel('The answer').fill('Your name is corrected.')
    await desk.getByLabel('Files with it').setInputFiles([
      { name: 'The old form.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF old') },
      { name: 'nothing.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
    ])
    await desk.getByRole('button', { name: 'Save the answer' }).click()
    await expect(desk.getByText('\u201cnothing.txt\u201d was not added: it is empty.')).toBeVisible()
    await expect(desk.getByLabel('The answer')).toHaveValue('Your name is corrected.')
    await desk.getByLabel('Files with it').setInputFiles({ name: 'wrong.txt', mimeType: 'text/plain', buffer: Buffer.from('of somebody else') })
    await desk.getByRole('button', { name: 'Save the changed answer' }).click()
    await desk.getByRole('button', { name: 'Remove the file wrong.txt' }).click()
    await expect(desk.getByRole('button', { name: 'Remove the file wrong.txt' })).toHaveCount(0)
    await look(desk, 'operator-answer')
    await desk.getByRole('button', { name: 'Put it up for checking' }).click()
    await desk.getByRole('button', { name: 'Send the answer' }).click()
    await expect(desk.getByText('The answer has gone out.')).toBeVisible()
    await office.close()

    await page.goto(track)
    await expect(page.getByText('It is answered.')).toBeVisible()
    await look(page, 'track-answered')
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download the answer' }).click()
    expect((await download).suggestedFilename()).toMatch(/^answer-R-.*\.txt$/)
    const file = page.waitForEvent('download')
    await page.getByRole('link', { name: 'The old form.pdf' }).click()
    expect((await file).suggestedFilename()).toBe('The old form.pdf')
  })
})

test('DR-13: an opt-out is one field and one click', async ({ page }) => {
  await page.goto('/privacy/request?kind=opt_out')
  await look(page, 'opt-out')
  await page.getByRole('button', { name: 'Opt out' }).click()
  await expect(page.getByText('Your opt-out is in force.')).toBeVisible()
})

test.describe('a form that lacks something', () => {
  test.use({ expected: [/status of 422/] })

  test('what is missing is said at its field, and what was typed stays', async ({ page }) => {
    await page.goto('/privacy/request?kind=erasure&concern=case')
    await page.getByLabel('Your name').fill('Rita')
    await page.getByRole('button', { name: 'Send the request' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
    await expect(page.getByLabel('Your name')).toHaveValue('Rita')
    await expect(page.locator('.field-error').first()).toBeVisible()
  })
})

test('DR-15: an organisation has its own form and its own desk', async ({ page }) => {
  test.setTimeout(120_000)
  const member = await signUp(page)
  await page.goto('/desk')
  await expect(page.getByText('Nothing to do')).toBeVisible()
  const form = await page.getByRole('link', { name: /privacy\/request\?to=/ }).getAttribute('href')
  await look(page, 'desk-empty')
  const email = `${unique('per')}@example.org`
  await page.goto(new URL(form!).pathname + new URL(form!).search)
  await expect(page.getByRole('main').getByText(member.organisation).first()).toBeVisible()
  await page.getByLabel('See my data').check()
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByLabel('Your e-mail address').fill(email)
  await page.getByLabel('Your name').fill('Per Lund')
  await page.getByRole('button', { name: 'Send the request' }).click()
  await page.goto(await mailedLink(email, '/privacy/confirm/'))
  await page.getByRole('button', { name: 'It was me' }).click()
  await page.waitForURL('**/privacy/track/**')
  await page.goto('/desk')
  await look(page, 'desk')
  await page.getByRole('link', { name: 'Access', exact: true }).click()
  await page.getByRole('button', { name: 'Done: Identity' }).click()
  await expect(page.getByText('Done by Ada Brink')).toBeVisible()
  await look(page, 'desk-request')

  // A right outlives the organisation for as long as there is something to answer about.
  await page.goto('/settings/close')
  await expect(page.getByText('1 privacy request is open.')).toBeVisible()
  await look(page, 'close-with-a-request')
  await page.getByLabel('Your password').fill(member.password)
  await page.getByRole('button', { name: 'Close the organisation' }).click()
  await expect(page.getByText('Nothing in it can be changed')).toBeVisible()
  await page.goto('/desk')
  await page.getByRole('link', { name: 'Access', exact: true }).click()
  await page.getByRole('button', { name: 'Accept the request' }).click()
  await expect(page.getByLabel('The answer')).toBeVisible()
})
