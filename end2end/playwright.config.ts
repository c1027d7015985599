// What a person does, in a real browser. `make test` builds the server first and runs all of this;
// `npx playwright test --project=desktop journey` in this folder runs a part, against the build that is there.
import { existsSync } from 'node:fs'
import { defineConfig, devices } from '@playwright/test'

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const desktop = { viewport: { width: 1280, height: 800 } }
const phone = { ...devices['Pixel 7'], viewport: { width: 390, height: 844 } }
const looks = /looks\.spec\.ts/

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
  projects: [
    { name: 'desktop', use: desktop },
    { name: 'phone', use: phone },
    // How every page looks and reads does not depend on the whole suite: dark runs that part only.
    { name: 'desktop-dark', use: { ...desktop, colorScheme: 'dark' }, testMatch: looks },
    { name: 'phone-dark', use: { ...phone, colorScheme: 'dark' }, testMatch: looks },
    // Every page is complete HTML and every form posts by itself. (axe is a script: looks.spec cannot run here.)
    { name: 'no-script', use: { ...desktop, javaScriptEnabled: false }, testIgnore: looks, grepInvert: /@script/ },
    { name: 'phone-no-script', use: { ...phone, javaScriptEnabled: false }, testIgnore: looks, grepInvert: /@script/ },
  ],
})
