// What a person does, in a real browser. `make test` builds the server first and runs all of this;
// `npx playwright test --project=desktop journey` in this folder runs a part, against the build that is there.
import { existsSync } from 'node:fs'
import { defineConfig, devices } from '@playwright/test'

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const desktop = { viewport: { width: 1280, height: 800 } }
const phone = { ...devices['Pixel 7'], viewport: { width: 390, height: 844 } }
const looks = /looks\.spec\.ts/
// What somebody does with their hands, and where a small screen is another one.
const byHand = /(looks|journey|hands|requests)\.spec\.ts/
const noScript = { javaScriptEnabled: false }
// Every page is complete HTML and every form posts by itself. (axe is a script: looks.spec cannot run here.)
const withoutScript = { testIgnore: looks, grepInvert: /@script/ }

// One pass over each of large, small, dark and without script; `make test-slow` makes each with each.
const projects = [
  { name: 'desktop', use: desktop },
  { name: 'phone', use: phone, testMatch: byHand },
  { name: 'phone-dark', use: { ...phone, colorScheme: 'dark' as const }, testMatch: looks },
  { name: 'no-script', use: { ...desktop, ...noScript }, ...withoutScript },
]
const eachWithEach = [
  { name: 'phone-rest', use: phone, testIgnore: byHand },
  { name: 'desktop-dark', use: { ...desktop, colorScheme: 'dark' as const }, testMatch: looks },
  { name: 'phone-no-script', use: { ...phone, ...noScript }, ...withoutScript },
]

export default defineConfig({
  testDir: 'tests',
  globalSetup: './server.ts',
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    locale: 'en-GB',
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    timezoneId: 'Europe/Amsterdam',
    // A trace takes a quarter of the time; `--trace on` makes one when something is looked into.
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? browsers.find(existsSync),
      // A browser that talks to nobody but the server; and root has no sandbox to give it.
      args: [
        '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic',
        '--no-first-run', '--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
  projects: process.env.CASETRAKR_TEST_EACH_WITH_EACH ? [...projects, ...eachWithEach] : projects,
})
