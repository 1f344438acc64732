// Loads model/model.json, which TensorFlowJsModel.Save wrote, and classifies pictures. ?labels=cat,dog names the classes,
// ?picture=URL classifies one at once.
const settings = new URLSearchParams(location.search);
const labels = settings.get("labels")?.split(",") ?? ["cat", "dog"];
const element = (id) => document.getElementById(id);
let model;

function show(error) {
    element("error").textContent = error.message ?? String(error);
}

// Bytes become [0, 1], scaled bilinearly between centres of pixels, as in training.
function predict(image) {
    return tf.tidy(() => {
        const [, height, width, channels] = model.inputs[0].shape;
        const pixels = tf.browser.fromPixels(image, channels).toFloat().div(255);
        return model.predict(tf.image.resizeBilinear(pixels, [height, width], false, true).expandDims()).dataSync();
    });
}

function answer(probabilities) {
    element("answer").replaceChildren(...[...probabilities].map((probability, i) => {
        const bar = document.createElement("div");
        bar.className = "bar";
        const fill = document.createElement("span");
        fill.style.width = `${100 * probability}%`;
        fill.textContent = `${labels[i] ?? `class ${i}`}: ${(100 * probability).toFixed(1)} %`;
        bar.append(fill);
        return bar;
    }));
}

function classify(url) {
    // Not the picture on the page: its size is that of the page, scaled by the browser.
    const image = new Image();
    element("error").textContent = "";
    image.onload = () => {
        element("picture").src = url;
        try {
            answer(predict(image));
        } catch (error) {
            show(error);
        }
    };
    image.onerror = () => show(new Error("This is not a picture that the browser can read."));
    image.src = url;
}

const drop = element("drop");
drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length > 0)
        classify(URL.createObjectURL(event.dataTransfer.files[0]));
});
element("file").addEventListener("change", (event) => classify(URL.createObjectURL(event.target.files[0])));

tf.loadLayersModel("model/model.json").then((loaded) => {
    model = loaded;
    element("answer").textContent = "The model is ready.";
    if (settings.has("picture"))
        classify(settings.get("picture"));
}).catch(show);
