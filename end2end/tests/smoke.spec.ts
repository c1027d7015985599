import { alive, expect, test } from '../person'

test('the front page says what this is and leads in', async ({ page }) => {
  const answer = await page.goto('/')
  expect(answer?.status()).toBe(200)
  await alive(page)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.getByRole('link', { name: 'Sign in' }).first().click()
  await expect(page).toHaveURL(/\/login$/)
  await expect(page.getByLabel('E-mail')).toBeVisible()
})

test.describe('a page that is not there', () => {
  test.use({ expected: [/status of 404/] })

  test('says so, with its status', async ({ page }) => {
    const answer = await page.goto('/privacy/no/such/page')
    expect(answer?.status()).toBe(404)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  })
})
