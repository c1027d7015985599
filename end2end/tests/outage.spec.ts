// The server is killed while somebody writes. It is a server of this test's own: the others go on.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alive, choosePresets, expect, openCase, signUp, test } from '../person'
import { freePort, launch, ready } from '../server'

test('what is typed while the server is gone survives it, and the tab @script', async ({ browser }) => {
  test.setTimeout(120_000)
  const [address, folder] = [`127.0.0.1:${await freePort()}`, mkdtempSync(join(tmpdir(), 'casetrakr-outage-'))]
  const start = async () => {
    const server = launch(address, folder)
    await ready(server, address, join(folder, 'log'))
    return server
  }
  const kill = async () => {
    if (server.signalCode) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  }
  let server = await start()
  const context = await browser.newContext({ baseURL: `http://${address}` })
  try {
    let page = await context.newPage()
    await signUp(page)
    await choosePresets(page, 'Permit application')
    const path = await openCase(page, 'Roof of the old school')
    const field = () => page.getByLabel('Write on this case')
    await alive(page)
    await field().fill('The owner called.')
    await expect(page.getByText('Draft saved')).toBeVisible()

    await kill()
    await field().fill('The owner called. She sends the plans on Friday.')
    await expect(page.getByText('Saved on this device only')).toBeVisible()
    // Sending it is refused by nobody: the words stay.
    await page.getByRole('button', { name: /^Add/ }).click()
    await expect(field()).toHaveValue('The owner called. She sends the plans on Friday.')
    await page.close()

    server = await start()
    page = await context.newPage()
    await page.goto(path)
    await alive(page)
    await expect(field()).toHaveValue('The owner called. She sends the plans on Friday.')
    await page.getByRole('button', { name: /^Add/ }).click()
    await expect(page.locator('article.entry', { hasText: 'She sends the plans on Friday.' })).toHaveCount(1)
    await page.reload()
    await alive(page)
    await expect(field()).toHaveValue('')
    expect(await page.evaluate(() => Object.keys(localStorage)), 'nothing is left on the device').toEqual([])
  } finally {
    await context.close()
    await kill()
    rmSync(folder, { recursive: true, force: true })
  }
})
