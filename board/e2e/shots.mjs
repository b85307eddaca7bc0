import { chromium } from '@playwright/test';
const base = process.env.BASE_URL ?? 'http://127.0.0.1:4173';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync','--host-resolver-rules=MAP *.localhost 127.0.0.1'] });
async function user(ctx, u, nick, posts) {
  const p = await ctx.newPage(); await p.goto(base + '/login');
  await p.evaluate(async ([u, nick, posts]) => {
    const h = { 'X-Board-Request': '1', 'Content-Type': 'application/json' };
    await fetch('/api/users', { method: 'POST', headers: h, body: JSON.stringify({ username: u, password: 'correct horse', nickname: nick }) });
    await fetch('/api/session', { method: 'POST', headers: h, body: JSON.stringify({ username: u, password: 'correct horse' }) });
    for (const [title, body] of posts) await fetch('/api/posts', { method: 'POST', headers: h, body: JSON.stringify({ title, body }) });
  }, [u, nick, posts]);
  await p.close();
}
const seed = process.argv[2] === 'seed';
async function ctx(opts) { const c = await b.newContext({ viewport: { width: 1180, height: 860 }, locale: 'en-US', ...opts }); return c; }
const me = ['jiwon', '지원', seed ? [['첫 배 시각이 바뀌었어요', '내일부터 첫 배가 여섯 시 십 분에 떠납니다. 짐이 많으면 조금 일찍 오세요.'], ['Lost: a blue umbrella', 'Left on the evening ferry, third bench on the river side. Tea and a story for whoever brings it back.']] : []];
{ const c = await ctx(); await user(c, 'minho', 'Minho', seed ? [['Market day on the other bank', 'Persimmons, dried pollock and the good rice cakes.\nThe ferry takes bicycles until noon.']] : []); await c.close(); }
{ const c = await ctx(); await user(c, ...me); const p = await c.newPage(); await p.goto(base); await p.getByRole('article').first().waitFor(); await p.waitForTimeout(600); await p.screenshot({ path: '/tmp/s-desktop.png' });
  await p.getByRole('button', { name: /^Edit: Lost/ }).first().click(); await p.screenshot({ path: '/tmp/s-edit.png' });
  const q = await c.newPage(); await q.goto(base); await q.getByRole('button', { name: /^Edit: Lost/ }).first().click(); await q.getByLabel('Text').fill('Found it: thank you, ' + ['Minho','Ara','Sun'][Math.floor(Math.random()*3)] + '!'); await q.getByRole('button', { name: 'Save' }).click(); await q.getByText('saved').waitFor();
  await p.getByLabel('Text').fill('Left on the evening ferry, first bench.'); await p.getByRole('button', { name: 'Save' }).click(); await p.getByRole('dialog').waitFor(); await p.screenshot({ path: '/tmp/s-conflict.png' }); await c.close(); }
{ const c = await ctx({ colorScheme: 'dark' }); await user(c, ...me.slice(0, 2), []); const p = await c.newPage(); await p.goto(base); await p.getByRole('article').first().waitFor(); await p.waitForTimeout(600); await p.screenshot({ path: '/tmp/s-dark.png' }); await p.goto(base + '/profile'); await p.getByRole('heading', { name: 'Profile' }).waitFor(); await p.waitForTimeout(400); await p.screenshot({ path: '/tmp/s-profile-dark.png' }); await c.close(); }
{ const c = await ctx({ locale: 'ko-KR', viewport: { width: 375, height: 780 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }); const p = await c.newPage(); await p.goto(base + '/login'); await p.waitForTimeout(700); await p.screenshot({ path: '/tmp/s-phone-login.png' }); await p.getByRole('button', { name: '회원가입' }).click(); await p.getByLabel('아이디').fill('a b'); await p.getByRole('button', { name: '회원가입' }).click(); await p.getByRole('alert').first().waitFor(); await p.screenshot({ path: '/tmp/s-phone-signup.png', fullPage: true });
  await user(c, ...me.slice(0, 2), []); await p.goto(base); await p.getByRole('article').first().waitFor(); await p.waitForTimeout(500); await p.screenshot({ path: '/tmp/s-phone-feed.png' }); await c.close(); }
{ const c = await ctx(); const p = await c.newPage(); await p.goto(base + '/login'); await p.waitForTimeout(700); await p.screenshot({ path: '/tmp/s-login.png' }); await c.close(); }
await b.close();
