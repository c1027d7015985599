// Each page by itself: one heading, nothing scrolls sideways, axe finds nothing. Desktop and phone, light and dark.
import {
  alive, askToSignUp, choosePresets, expect, expectAccessible, expectWellMade, invite, mailedLink, openCase, picture, signUp, test,
  unique, type Page,
} from '../person'

const dark = () => test.info().project.use.colorScheme === 'dark'

async function look(page: Page, name: string) {
  await alive(page)
  await expectWellMade(page)
  await expectAccessible(page)
  await picture(page, name)
}

test('the pages for visitors', async ({ page }) => {
  test.setTimeout(180_000)
  const main = ['/', '/login', '/signup', '/privacy', '/privacy/changes', '/privacy/choices', '/privacy/request', '/trust']
  for (const path of dark() ? main : [
    ...main, '/signup/sent', '/forgot', '/forgot/sent', '/cookies', '/accessibility', '/privacy/versions', '/security', '/subprocessors',
    '/login?notice=signed-out', '/privacy/retention', '/appearance',
    '/privacy/request?kind=access&concern=case', '/privacy/request?kind=opt_out', '/privacy/request/sent',
    '/privacy/request/sent?kind=withdrawal', '/ui',
  ]) {
    await test.step(path, async () => {
      expect((await page.goto(path))?.status()).toBe(200)
      await look(page, path.replaceAll(/\W/g, '_'))
    })
  }
})

test('a version of the policy, as it was published', async ({ page }) => {
  await page.goto('/privacy/versions')
  await page.getByRole('main').getByRole('link', { name: /^Version \d/ }).last().click()
  await expect(page).toHaveURL(/\/privacy\/versions\/[0-9a-f]{64}$/)
  await look(page, 'privacy-version')
})

test('the pages behind a link that was mailed', async ({ page }) => {
  test.skip(dark(), 'the same forms as elsewhere')
  test.setTimeout(120_000)
  const behind = async (email: string, path: string) => {
    await page.goto(await mailedLink(email, path))
    await look(page, path.replaceAll(/\W/g, '_'))
  }
  const member = await signUp(page)
  const guest = `${unique('guest')}@example.org`
  await page.goto('/settings/members')
  await alive(page)
  await page.getByLabel('E-mail').fill(guest)
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText(guest, { exact: true })).toBeVisible()
  await page.context().clearCookies()
  await behind(guest, '/invite/')

  await page.goto('/forgot')
  await page.getByLabel('E-mail').fill(member.email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.waitForURL('**/forgot/sent')
  await behind(member.email, '/reset/')

  const newcomer = await askToSignUp(page)
  await behind(newcomer.email, '/verify-email/')

  await page.goto('/privacy/request?kind=access&concern=account')
  await page.getByLabel('Your e-mail address').fill(guest)
  await page.getByRole('button', { name: 'Send the request' }).click()
  await page.waitForURL('**/privacy/request/sent**')
  await behind(guest, '/privacy/confirm/')
})

test.describe('a form with complaints', () => {
  test.use({ expected: [/status of 422/] })

  test('sign-up', async ({ page }) => {
    await page.goto('/signup')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByRole('button', { name: 'Create organisation' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
    await expect(page.getByLabel('Your name')).toHaveValue('Ada')
    await look(page, 'signup-refused')
  })
})

test('the first pages of a new organisation', async ({ page }) => {
  test.skip(dark(), 'they hold nothing that the others do not')
  await signUp(page)
  await look(page, 'onboarding')
  for (const path of ['/home', '/cases', '/cases/new']) {
    await page.goto(path)
    await look(page, `empty${path.replaceAll('/', '-')}`)
  }
  await choosePresets(page, 'Complaint', 'Permit application')
  await look(page, 'onboarding-2')
})

test('the pages of a member: their account and the settings', async ({ page }) => {
  test.skip(dark(), 'the same forms and tables as elsewhere')
  test.setTimeout(180_000)
  await signUp(page)
  await choosePresets(page, 'Complaint')
  for (const path of [
    '/me', '/me/security', '/settings', '/settings/members', '/settings/case-types', '/settings/organisation', '/settings/record',
    '/settings/usage', '/settings/processing', '/settings/retention', '/settings/close', '/me/privacy/delete', '/desk',
  ]) {
    await test.step(path, async () => {
      expect((await page.goto(path))?.status(), path).toBe(200)
      await look(page, path.replaceAll('/', '-').slice(1))
    })
  }
})

test('everything held about somebody, unfolded', async ({ page }) => {
  await signUp(page)
  await page.goto('/me/privacy')
  await look(page, 'me-privacy')
  for (const summary of await page.locator('.held > summary').all()) await summary.click()
  await look(page, 'me-privacy-unfolded')
})

test('the contents of a long page lead to what they name', async ({ page }) => {
  test.skip(dark(), 'it is the same page')
  await signUp(page)
  await choosePresets(page, 'Complaint')
  for (const path of ['/trust', '/privacy', '/privacy/retention', '/settings/processing']) {
    await test.step(path, async () => {
      await page.goto(path)
      const entries = await page.locator('.policy-contents a').all()
      expect(entries.length, path).toBeGreaterThan(4)
      const last = entries[entries.length - 1]
      const to = (await last.getAttribute('href'))!
      await last.click()
      await expect(page).toHaveURL(new RegExp(`${to}$`))
      await expect(page.locator(to)).toBeInViewport()
    })
  }
  // An address from elsewhere, which names one promise.
  await page.goto('/trust#t-3.1')
  await expect(page.locator('[id="t-3.1"]')).toBeInViewport()
})

test('the Privacy desk with requests in it', async ({ page, browser, baseURL }) => {
  test.setTimeout(120_000)
  await signUp(page)
  await choosePresets(page, 'Complaint')
  await page.goto('/desk')
  const form = (await page.locator('a[href*="/privacy/request?to="]').first().getAttribute('href'))!
  const stranger = await (await browser.newContext({ baseURL })).newPage()
  for (const [kind, name, words] of [
    ['access', 'Jo Marsh', ''],
    ['erasure', 'Rosa Lindqvist, who has a name that needs more than one line of a phone', 'I moved away and want nothing kept.'],
    ['rectification', 'Amir Halabi', 'My date of birth is wrong; it is the third of May.\n\nPlease write when it is done.'],
    ['withdrawal', 'Ina Weber', ''],
  ]) {
    await stranger.goto(`${new URL(form, baseURL).pathname}${new URL(form, baseURL).search}&kind=${kind}`)
    await stranger.getByLabel('Your e-mail address').fill(`${unique(kind!)}@people.example`)
    await stranger.getByLabel('Your name').fill(name!)
    if (words) await stranger.getByLabel(/What is it about/).fill(words)
    await stranger.getByRole('button', { name: 'Send the request' }).click()
    await stranger.waitForURL(/request\/sent/)
  }
  await stranger.context().close()
  await page.goto('/desk')
  await expect(page.locator('main tbody tr')).toHaveCount(4)
  await look(page, 'desk-filled')
  await page.locator('.filters > summary').click()
  await look(page, 'desk-filters')
  for (const kind of ['Correction', 'Withdrawal of consent']) {
    await page.goto('/desk')
    await page.getByRole('link', { name: kind }).click()
    await expect(page.getByRole('heading', { level: 1, name: kind })).toBeVisible()
    for (const summary of await page.locator('.step > summary').all()) await summary.click()
    await look(page, `desk-${kind.split(' ')[0]!.toLowerCase()}`)
  }
})

test.describe('the pages of a member: cases', () => {
  test.use({ expected: [/status of 422/] })

  test('with everything that opens on them', async ({ page }) => {
    test.setTimeout(120_000)
    await signUp(page)
    await choosePresets(page, 'Complaint', 'Permit application')
    await openCase(page, 'A second case, with a title that is so long that it does not fit onto one line of a table, nor of a phone')
    const path = await openCase(page, 'The lift has been out of order for three weeks')
    await page.getByRole('button', { name: 'Assign to me' }).click()
    await expect(page.locator('.case-now')).toContainText('Assigned to Ada')
    for (const text of ['Called; **nobody answered**.\n\n- first\n- second', 'They called back: `4 pm` is fine.']) {
      await page.getByLabel('Write on this case').fill(text)
      await page.getByRole('button', { name: /^Add/ }).click()
      await expect(page.getByLabel('Write on this case')).toHaveValue('')
    }
    await page.goto(path) // without the message that lies over the page for a while
    await look(page, 'case')
    await page.locator('.case-head .menu > summary').click()
    await expect(page.locator('.case-head .menu-list')).toBeInViewport({ ratio: 1 })
    await page.keyboard.press('Escape')
    await page.locator('.entry .menu > summary').last().click()
    await look(page, 'entry-menu')
    await page.keyboard.press('Escape')
    await page.locator('.moves').getByRole('link').last().click()
    const closing = page.locator('#closing')
    await expect(closing.locator(':focus'), 'the cursor is in its first field').toHaveCount(1)
    await closing.locator('form button[type=submit]').first().click()
    await expect(closing.locator('.field-error')).toBeVisible()
    await look(page, 'closing-refused')

    for (const it of ['/home', '/cases', '/cases/new', `${path}?facts=edit`, `${path}/access`, `${path}/history`]) {
      if (dark() && it.startsWith(path)) continue
      await test.step(it, async () => {
        expect((await page.goto(it))?.status(), it).toBe(200)
        await look(page, it.replace(path, '/case').replaceAll('/', '-').slice(1))
      })
    }
    await page.goto('/cases?kind=open&q=lift')
    await alive(page)
    await page.locator('.filters > summary').click()
    await look(page, 'filters')
  })
})

test('the steps of an import', async ({ page }) => {
  test.setTimeout(120_000)
  await signUp(page)
  await choosePresets(page, 'Permit application')
  await page.goto('/settings/import')
  await alive(page)
  const rows = ['id,title,opened,closed,channel,note', 'A-1,Roof,2026-01-05,2026-02-01,Desk,Came in', 'A-2,Fence,yesterday,,Post,Came in']
  await page.getByLabel('CSV file').setInputFiles({ name: 'cases.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) })
  await page.getByRole('button', { name: 'Upload file' }).click()
  await expect(page.getByRole('button', { name: 'Try it out' })).toBeVisible()
  await look(page, 'import-columns')
  await page.getByRole('button', { name: 'Try it out' }).click()
  await expect(page.getByRole('button', { name: /^Import 1 case/ })).toBeVisible({ timeout: 30_000 })
  await look(page, 'import-tried')
  await page.getByRole('button', { name: /^Import 1 case/ }).click()
  await expect(page.getByRole('link', { name: 'Go to the cases' })).toBeVisible({ timeout: 30_000 })
  await look(page, 'import-done')
  await page.goto('/settings/import')
  await look(page, 'imports')
})

test.describe('pages that refuse', () => {
  test.use({ expected: [/status of 4(0[349]|13|22)/] })

  test('404 and 403', async ({ page }) => {
    test.skip(dark(), 'one look is enough')
    for (const path of ['/privacy/nothing/there', '/api/nothing']) {
      expect((await page.goto(path))?.status(), path).toBe(404)
      await look(page, `visitor-404${path.replaceAll('/', '-')}`)
    }
    const owner = await signUp(page)
    for (const path of ['/no/such/page', '/cases/PA-2026-00001', '/settings/import/nothing']) {
      expect((await page.goto(path))?.status(), path).toBe(404)
      await look(page, 'member-404')
    }
    const reader = await invite(page, 'Read-only')
    expect(reader.email).not.toBe(owner.email)
    expect((await page.goto('/cases/new'))?.status(), 'a reader opens no case').toBe(403)
    await look(page, 'member-403')
  })

  test('409 and 413', async ({ page }) => {
    test.skip(dark(), 'one look is enough')
    await signUp(page)
    await choosePresets(page, 'Complaint')
    const path = await openCase(page, 'Two people at once')
    // The form that somebody left open while somebody else was quicker.
    await page.goto(`${path}?facts=edit`)
    const other = await page.context().newPage()
    await other.goto(`${path}?facts=edit`)
    await other.getByLabel('Title', { exact: true }).fill('What the other wrote')
    await other.getByRole('button', { name: 'Save' }).click()
    await expect(other.getByRole('heading', { level: 1, name: 'What the other wrote' })).toBeVisible()
    await other.close()
    await page.getByLabel('Title', { exact: true }).fill('What I wrote')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
    await expect(page.getByLabel('Title', { exact: true })).toHaveValue('What I wrote')
    await look(page, 'conflict')

    // More than the server takes, sent as a form without script sends it.
    await page.goto('/login')
    await page.evaluate(() => {
      const form = document.createElement('form')
      const text = document.createElement('textarea')
      Object.assign(form, { method: 'post', action: '/api/accounts/sign_in' })
      Object.assign(text, { name: 'email', value: 'a'.repeat(1_200_000) })
      form.append(text)
      document.body.append(form)
    })
    const [answer] = await Promise.all([
      page.waitForResponse(it => it.url().endsWith('/api/accounts/sign_in')),
      page.evaluate(() => document.querySelector<HTMLFormElement>('body > form')!.submit()),
    ])
    expect(answer.status()).toBe(413)
    await look(page, 'too-large')
  })
})
