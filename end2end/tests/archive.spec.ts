// The whole organisation as one archive, as an owner takes it: with and without script, on a large screen and on a phone.
import { execFileSync } from 'node:child_process'
import { alive, choosePresets, expect, expectAccessible, expectWellMade, hasScript, openCase, picture, signUp, test, type Page } from '../person'

async function look(page: Page, name: string) {
  await expectWellMade(page)
  // axe is a script itself.
  if (hasScript()) await expectAccessible(page)
  await picture(page, name)
}

/** Names and texts of the files in an archive, read by a program that is not ours; it also checks every check sum. */
function unpacked(path: string): Record<string, string> {
  const script = `
import hashlib, json, sys, zipfile
zip = zipfile.ZipFile(sys.argv[1])
assert zip.testzip() is None
files = {name: zip.read(name) for name in zip.namelist()}
for file in json.loads(files['manifest.json'])['files']:
    assert hashlib.sha256(files[file['path']]).hexdigest() == file['sha256'], file['path']
json.dump({name: content.decode('utf-8', 'replace') for name, content in files.items()}, sys.stdout)`
  return JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8', maxBuffer: 1 << 26 }))
}

// A wrong password is refused, which the browser notes by itself.
test.use({ expected: [/status of 422/] })

test('PP-2: an owner takes everything along', async ({ page }) => {
  test.setTimeout(120_000)
  const member = await signUp(page)
  await choosePresets(page, 'Complaint')
  await openCase(page, 'A case to take along')
  await page.goto('/settings')
  await page.getByRole('main').getByRole('link', { name: 'Export everything' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Export everything' })).toBeVisible()
  await alive(page)
  await expect(page.getByText('No archive has been made')).toBeVisible()
  await look(page, 'export-empty')

  await page.getByLabel('Your password').fill('not this one')
  await page.getByRole('button', { name: 'Make the archive' }).click()
  await expect(page.getByText('This is not your password.').first()).toBeVisible()
  await page.getByLabel('Your password').fill(member.password)
  await page.getByRole('button', { name: 'Make the archive' }).click()
  const take = page.getByRole('button', { name: 'Download the archive' })
  await expect(async () => {
    // With script the page looks by itself.
    if (!hasScript()) await page.goto('/settings/export')
    await expect(take).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 30_000 })
  await look(page, 'export-ready')

  const form = page.locator('form').filter({ has: take })
  await form.getByLabel('Your password').fill(member.password)
  const [download] = await Promise.all([page.waitForEvent('download'), take.click()])
  expect(download.suggestedFilename()).toBe('casetrakr-archive.zip')
  const files = unpacked(await download.path())
  expect(files['data/cases.csv']).toContain('A case to take along')
  expect(files['data/cases.jsonl']).toContain('A case to take along')
  expect(files['index.html']).toContain(member.organisation)

  // The archive's own page reads well without us.
  const reader = await page.context().browser()!.newContext({ javaScriptEnabled: hasScript(), viewport: page.viewportSize() })
  const inside = await reader.newPage()
  await inside.setContent(files['index.html']!)
  await look(inside, 'export-index')
  await reader.close()

  await page.goto('/settings/export')
  await expect(page.getByText('4 more downloads')).toBeVisible()
  await page.getByRole('button', { name: 'Remove it now' }).click()
  await expect(page.getByText('It was removed before its time.')).toBeVisible()
  await look(page, 'export-removed')
  await page.goto('/settings/record')
  await expect(page.getByText('downloaded the archive of everything (time 1)')).toBeVisible()
  await page.goto('/settings/close')
  await page.getByRole('link', { name: 'Take everything along' }).click()
  await expect(page).toHaveURL(/\/settings\/export$/)
})
