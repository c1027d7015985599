// From an empty account to a closed case, with the real file: the same steps on a desktop, a phone and without script.
import { readFileSync } from 'node:fs'
import { alive, choosePresets, expect, hasScript, signUp, test, type Page } from '../person'
import { receipt, totals } from '../receipt'

const told = (count: number) => count.toLocaleString('en-GB')
const number = (name: string, count: number) => ({ name, count })

test.describe.configure({ timeout: 180_000 })

test('an organisation signs up, brings in its cases and works one to its end', async ({ page }) => {
  const member = await signUp(page)
  await choosePresets(page, 'Complaint', 'Permit application')

  await test.step('bring in the file', async () => {
    await page.getByRole('link', { name: 'Bring in your cases' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Import cases' })).toBeVisible()
    await page.getByLabel('CSV file').setInputFiles(receipt())
    await page.getByRole('button', { name: 'Upload file' }).click()
    await expect(page).toHaveURL(/\/settings\/import\/[0-9a-f-]+$/)
    await alive(page)
  })

  await test.step('the guess is right by itself', async () => {
    await expect(page.getByLabel('The rows become cases of the type').locator('option:checked')).toHaveText('Permit application')
    for (const [column, becomes] of [
      ['case:concept:name', 'case_id'], ['case:channel', 'channel'], ['case:startdate', 'opened'], ['case:enddate', 'closed'],
      ['case:deadline', 'due'], ['case:responsible', 'assignee'], ['case:department', 'field:department'],
      ['concept:name', 'entry_text'], ['org:resource', 'entry_author'], ['time:timestamp', 'entry_time'],
    ] as const) {
      await expect(page.getByLabel(column, { exact: true }), column).toHaveValue(becomes)
    }
    await page.getByRole('button', { name: 'Try it out' }).click()
    await finished(page, page.getByRole('button', { name: /^Import 1,434 cases$/ }))
    await expect(page.getByText('1,434 cases with 8,577 entries will be imported as “Permit application”.')).toBeVisible()
  })

  await test.step('import, with the totals of the file', async () => {
    await page.getByRole('button', { name: 'Import 1,434 cases' }).click()
    await finished(page, page.getByRole('link', { name: 'Go to the cases' }))
    for (const { name, count } of [
      number('Cases in the file', totals.cases), number('New cases', totals.cases), number('New entries', totals.entries),
      number('Rows left out', 0), number('Open', totals.open), number('Closed', totals.closed),
      number('Came by Internet', totals.internet), number('Came by Desk', totals.desk), number('Came by Post', totals.post),
      number('Came by e-mail', totals.email), number('Came by Intern', totals.intern),
    ]) {
      await expect(fact(page, name), name).toHaveText(told(count))
    }
    await page.getByRole('link', { name: 'Go to the cases' }).click()
    await expect(page).toHaveURL(/\/cases$/)
    await expect(page.locator('h1 + .count')).toContainText(told(totals.cases))
    await expect(page.getByRole('link', { name: /^Closed/ })).toContainText(told(totals.closed))
  })

  await test.step('filter to the open ones', async () => {
    await page.locator('.filters > summary').click()
    await page.getByRole('group', { name: 'Kind of state' }).getByLabel('Open').check()
    await page.getByRole('button', { name: 'Show cases' }).click()
    await expect(page).toHaveURL(hasScript() ? /\/cases\?kind=open$/ : /[?&]kind=open(&|$)/)
    await expect(page.locator('h1 + .count')).toContainText(told(totals.open))
    await expect(page.locator('.chip')).toHaveText(/that are\s+open/)
    await expect(page.locator('.pager')).toContainText(/of 105 cases/)
  })

  await test.step('save them as a file', async () => {
    const coming = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Export CSV' }).click()
    const file = readFileSync(await (await coming).path(), 'utf8')
    expect(file.trim().split('\r\n').filter(line => /^"?PA-\d{4}-/.test(line))).toHaveLength(totals.open)
  })

  const row = page.locator('tbody tr').nth(3)
  const title = (await row.getByRole('link').innerText()).trim()
  await row.getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  await expect(page).toHaveURL(/\/cases\/PA-\d{4}-\d{5}$/)
  const path = new URL(page.url()).pathname
  await alive(page)

  await test.step('write a note; the draft survives', async () => {
    const text = 'Called the applicant: the **drawings** follow on Friday.'
    const field = page.getByLabel('Write on this case')
    if (hasScript()) {
      await field.fill(text)
      await expect(page.getByText('Draft saved')).toBeVisible()
      await page.reload()
      await alive(page)
      await expect(field).toHaveValue(text)
      await field.fill(text)
    } else {
      // Refused without a text, and what else was chosen is still there.
      await page.getByRole('button', { name: /^Add/ }).click()
      await expect(page.locator('#body-error')).toBeVisible()
      await expect(field).toHaveAttribute('aria-invalid', 'true')
      await field.fill(text)
    }
    await page.getByRole('button', { name: /^Add/ }).click()
    const entry = page.locator('article.entry', { hasText: 'Called the applicant' })
    await expect(entry.locator('strong')).toHaveText('drawings')
    await expect(entry).toContainText(member.name)
    await expect(page.getByLabel('Write on this case')).toHaveValue('')
  })

  await test.step('take it, move it on', async () => {
    await page.getByRole('button', { name: 'Assign to me' }).click()
    await expect(page.locator('.case-now')).toContainText(`Assigned to ${member.name}`)
    await page.getByRole('button', { name: 'Start checking' }).click()
    await expect(page.locator('.case-now')).toContainText('Checking')
  })

  await test.step('correct a fact where it stands', async () => {
    const facts = page.getByRole('complementary', { name: 'Facts' })
    await facts.getByRole('link', { name: 'Edit', exact: true }).click()
    const name = facts.getByLabel('Title', { exact: true })
    if (hasScript()) await expect(name).toBeFocused()
    await expect(page.getByLabel('Write on this case')).toBeVisible() // the case is still there
    await name.fill('')
    await facts.getByLabel('Came by').fill('Counter 4')
    await facts.getByRole('button', { name: 'Save' }).click()
    await expect(facts.locator('.field-error')).toBeVisible()
    await expect(facts.getByLabel('Came by')).toHaveValue('Counter 4')
    await name.fill(title)
    await facts.getByRole('button', { name: 'Save' }).click()
    await expect(facts.locator('dl.facts')).toContainText('Counter 4')
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  })

  await test.step('close it with an outcome', async () => {
    await page.locator('.moves').getByRole('link', { name: 'Decide' }).click()
    const closing = page.locator('#closing')
    await closing.getByRole('button', { name: 'Decide' }).click()
    await expect(closing.locator('.field-error')).toBeVisible()
    await closing.getByLabel('Reason').fill('The drawings came and were complete.')
    await closing.getByLabel('Outcome').fill('Granted')
    await closing.getByRole('button', { name: 'Decide' }).click()
    await expect(page.locator('.case-now')).toContainText('Decided')
    const outcome = page.locator('.case-side section', { hasText: 'Outcome' })
    await expect(outcome).toContainText('Granted')
    await expect(outcome).toContainText('The drawings came and were complete.')
  })

  await test.step('open it again', async () => {
    await page.getByRole('button', { name: 'Reopen' }).click()
    await expect(page.locator('.case-now')).toContainText('Checking')
  })

  await test.step('find it again', async () => {
    const found = path.split('/').at(-1)!
    await page.goto('/cases')
    await alive(page)
    await page.locator('.filters > summary').click()
    await page.getByLabel('Words in number or title').fill(found)
    await page.getByRole('button', { name: 'Show cases' }).click()
    await expect(page.locator('h1 + .count')).toContainText(/^1\b/)
    await page.getByRole('link', { name: title }).click()
    await expect(page).toHaveURL(new RegExp(`${path}$`))
    await expect(page.locator('.case-now')).toContainText(`Assigned to ${member.name}`)
  })
})

// A refused form is part of the journey, and the browser's console says so by itself.
test.use({ expected: [/status of 422/] })

const fact = (page: Page, name: string) =>
  page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) }).locator('dd')

/** A job at work shows how far it is by itself; without script a link does. */
async function finished(page: Page, sign: ReturnType<Page['locator']>) {
  await expect(async () => {
    const look = page.getByRole('link', { name: 'Show how far it is now' })
    if (!hasScript() && (await look.count()) > 0) await look.click()
    await expect(sign).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 120_000 })
}
