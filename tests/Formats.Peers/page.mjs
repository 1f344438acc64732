// Opens samples/Browser with a model and a picture of Numerics in headless Chromium, compares what the page says with what Numerics
// says, and takes a screenshot. usage: node page.mjs FOLDER MODELS PICTURE TFJS SCREENSHOT, the folder of the sample, of the models, the
// picture, the folder of the package @tensorflow/tfjs and the file for the screenshot
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { execFile } from "node:child_process";

const [folder, models, picture, packages, screenshot] = process.argv.slice(2);
const expected = JSON.parse(fs.readFileSync(path.join(models, "page.expected.json")));
let passed = 0, failed = 0;

function check(name, holds, detail = "") {
    holds ? passed++ : failed++;
    if (!holds)
        console.log(`FAILED  ${name} ${detail}`);
}

function fileOf(url) {
    const name = decodeURIComponent(url.pathname.slice(1)) || "index.html";
    if (name === "picture.png")
        return picture;
    if (name === "tf.min.js")
        return path.join(packages, "node_modules/@tensorflow/tfjs/dist/tf.min.js");
    return name.startsWith("model/") ? path.join(models, "page.tfjs", name.slice("model/".length)) : path.join(folder, name);
}

const types = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".png": "image/png" };
const server = http.createServer((request, response) => {
    const file = fileOf(new URL(request.url, "http://127.0.0.1"));
    if (!fs.existsSync(file)) {
        response.writeHead(404).end();
        return;
    }
    response.writeHead(200, { "content-type": types[path.extname(file)] ?? "application/octet-stream" }).end(fs.readFileSync(file));
});

function chromium(...options) {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), "numerics-page-"));
    const common = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", `--user-data-dir=${profile}`, "--window-size=800,700", "--virtual-time-budget=20000",
    ];
    const address = `http://127.0.0.1:${server.address().port}/?labels=cat,dog&picture=picture.png`;
    return new Promise((resolve) => execFile("chromium", [...common, ...options, address], { timeout: 120_000, maxBuffer: 1 << 26 }, (error, output) => {
        fs.rmSync(profile, { recursive: true, force: true });
        resolve(error ? `${error}` : output);
    }));
}

server.listen(0, "127.0.0.1", async () => {
    const page = await chromium("--dump-dom");
    const said = [...page.matchAll(/>(cat|dog): ([0-9.]+) %</g)].map((match) => [match[1], Number(match[2])]);
    check("the page names both classes", said.length === 2, page.slice(-1000));
    for (const [label, percent] of said) {
        const ours = 100 * expected[label];
        check(`${label} in the browser`, Math.abs(percent - ours) < 0.1, `${percent} and ${ours}`);
    }
    check("the page shows no error", /<p id="error" role="alert"><\/p>/.test(page));
    await chromium(`--screenshot=${screenshot}`);
    check("a screenshot was taken", fs.existsSync(screenshot) && fs.statSync(screenshot).size > 10_000);
    console.log(`${passed} passed, ${failed} failed`);
    server.close();
    process.exitCode = failed === 0 ? 0 : 1;
});
