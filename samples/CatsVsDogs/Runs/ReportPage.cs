using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Samples.CatsVsDogs.Runs;

/// <summary>A run on one page that needs no other file: figures, curves, mistakes, options. Light or dark as the reader's system is.</summary>
internal static class ReportPage
{
    private const string Style = """
        :root { color-scheme: light dark; --text: #1c1e21; --soft: #5c6470; --page: #f6f7f9; --card: #fff; --line: #dfe3e8; --accent: #0072b2; }
        @media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --soft: #9aa3af; --page: #14171a; --card: #1e2226; --line: #343a41; --accent: #56b4e9; } }
        * { box-sizing: border-box; }
        body { margin: 0; padding: 2rem 1rem 4rem; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 960px; margin: 0 auto; }
        h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 0 0 .75rem; }
        .soft { color: var(--soft); margin: 0 0 1.5rem; }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem; margin: 0 0 1.25rem; overflow-x: auto; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1rem; }
        .figures b { display: block; font-size: 1.5rem; color: var(--accent); font-variant-numeric: tabular-nums; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .93rem; }
        th, td { padding: .35rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th { color: var(--soft); font-weight: 600; } th:first-child, td:first-child { text-align: left; }
        img { max-width: 100%; height: auto; display: block; margin: 0 auto; background: #fff; border-radius: 6px; }
        img.small { max-width: min(100%, 480px); }
        pre { margin: 0; font: 13px/1.35 ui-monospace, monospace; }
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="run">The run's folder, whose pictures are put into the page.</param>
    /// <param name="history">The epochs.</param>
    /// <param name="results">The results on held-out pictures, or null.</param>
    /// <param name="config">The options.</param>
    /// <param name="model">The network.</param>
    /// <param name="what">What was trained on, in words.</param>
    public static void Write(RunFolder run, History history, HeldOutResults? results, JsonObject config, Model model, string what)
    {
        var page = new StringBuilder();
        _ = page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>catsvsdogs: a training</title><style>{Style}</style></head><body><main>
            <h1>Cats and dogs</h1><p class="soft">{WebUtility.HtmlEncode(what)}</p>

            """);
        Figures(page, history, model);
        Picture(page, "Loss and accuracy", run.Curves, "curves of loss and accuracy over the epochs");
        if (results is not null)
        {
            Picture(page, "Confusion on held-out pictures", run.Confusion, "confusion matrix", " class=\"small\"");
            Picture(page, results.Mistakes.Count == 0 ? "No mistakes" : "The most confident mistakes", run.Mistakes, "pictures that the network is wrong about");
        }

        Epochs(page, history);
        Options(page, config);
        using var summary = new StringWriter();
        model.Summary(summary);
        _ = page.Append(CultureInfo.InvariantCulture, $"<section><h2>Network</h2><pre>{WebUtility.HtmlEncode(summary.ToString())}</pre></section>\n");
        _ = page.Append("</main></body></html>\n");
        WholeFile.Write(run.Report, Encoding.UTF8.GetBytes(page.ToString()));
    }

    private static void Figures(StringBuilder page, History history, Model model)
    {
        void Figure(string name, string value) =>
            page.Append(CultureInfo.InvariantCulture, $"<div><b>{value}</b>{WebUtility.HtmlEncode(name)}</div>");
        _ = page.Append("<section class=\"figures\">");
        if (history.TryGet("val_accuracy", out IReadOnlyList<double>? held))
            Figure("held-out accuracy", string.Create(CultureInfo.InvariantCulture, $"{100 * held[^1]:F1} %"));
        if (history.TryGet("val_loss", out IReadOnlyList<double>? loss))
            Figure("held-out loss", loss[^1].ToString("F4", CultureInfo.InvariantCulture));
        Figure("training accuracy", string.Create(CultureInfo.InvariantCulture, $"{100 * history["accuracy"][^1]:F1} %"));
        Figure("epochs", history.Epoch.Count.ToString(CultureInfo.InvariantCulture));
        Figure("parameters", model.CountParams().ToString("N0", CultureInfo.InvariantCulture));
        _ = page.Append("</section>\n");
    }

    private static void Picture(StringBuilder page, string title, string path, string text, string attributes = "") => page.Append(
        CultureInfo.InvariantCulture,
        $"<section><h2>{title}</h2><img{attributes} alt=\"{text}\" src=\"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(path))}\"></section>\n");

    private static void Epochs(StringBuilder page, History history)
    {
        _ = page.Append("<section><h2>Epochs</h2><table><thead><tr><th>epoch</th>");
        foreach (string name in history.Names)
            _ = page.Append(CultureInfo.InvariantCulture, $"<th>{WebUtility.HtmlEncode(name)}</th>");
        _ = page.Append("</tr></thead><tbody>");
        foreach (int epoch in history.Epoch)
        {
            IReadOnlyDictionary<string, double> logs = history.Logs(epoch);
            _ = page.Append(CultureInfo.InvariantCulture, $"<tr><td>{epoch + 1}</td>");
            foreach (string name in history.Names)
                _ = page.Append(CultureInfo.InvariantCulture, $"<td>{(logs.TryGetValue(name, out double value) ? value.ToString("F4", CultureInfo.InvariantCulture) : "")}</td>");
            _ = page.Append("</tr>");
        }

        _ = page.Append("</tbody></table></section>\n");
    }

    private static void Options(StringBuilder page, JsonObject config)
    {
        _ = page.Append("<section><h2>Options</h2><table><tbody>");
        foreach ((string name, JsonNode? value) in config)
            _ = page.Append(CultureInfo.InvariantCulture, $"<tr><td>--{WebUtility.HtmlEncode(name)}</td><td>{WebUtility.HtmlEncode(value?.ToString())}</td></tr>");
        _ = page.Append("</tbody></table></section>\n");
    }
}
