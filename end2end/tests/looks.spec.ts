// Each page by itself: one heading, nothing scrolls sideways, axe finds nothing. Desktop and phone, light and dark.
import { alive, expectAccessible, expectWellMade, picture, test } from '../person'

const open = ['/', '/login', '/signup', '/reset']

for (const path of open) {
  test(`${path} is well made`, async ({ page }) => {
    await page.goto(path)
    await alive(page)
    await expectWellMade(page)
    await expectAccessible(page)
    await picture(page, path.replaceAll('/', '_'))
  })
}
