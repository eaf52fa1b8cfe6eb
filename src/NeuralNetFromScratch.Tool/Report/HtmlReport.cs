using System.Globalization;
using System.Net;
using System.Text;

namespace NeuralNetFromScratch.Tool.Report;

/// <summary>The report of a run as one self-contained page.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --background: #ffffff; --card: #ffffff; --text: #1f2328; --faint: #59636e; --line: #d8dde3; --accent: #0072b2; }
        @media (prefers-color-scheme: dark) {
          :root { --background: #0d1117; --card: #161b22; --text: #e6edf3; --faint: #9aa4af; --line: #2d333b; --accent: #56b4e9; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 66rem; padding: 1.5rem 1rem 3rem; background: var(--background); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.6rem; margin: 0 0 1rem; }
        h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; }
        .figures div, figure, .table { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
        .figures div { padding: .6rem .9rem; }
        .figures strong { display: block; font-size: 1.45rem; color: var(--accent); font-variant-numeric: tabular-nums; }
        .figures span, footer { color: var(--faint); font-size: .9rem; }
        figure { margin: 0; padding: .5rem; text-align: center; overflow-x: auto; }
        figure img { max-width: 100%; min-width: 34rem; height: auto; vertical-align: middle; }
        .table { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: .3rem .9rem; text-align: right; border-top: 1px solid var(--line); white-space: nowrap; }
        thead th { border-top: 0; color: var(--faint); font-weight: 600; }
        th:first-child, .settings td { text-align: left; }
        .settings th { width: 1%; padding-right: 2rem; vertical-align: top; font-weight: 600; }
        .settings td { white-space: normal; overflow-wrap: anywhere; }
        summary { cursor: pointer; margin: 2rem 0 .6rem; font-size: 1.15rem; font-weight: 700; }
        pre { margin: 0; padding: .8rem 1rem; overflow-x: auto; font-size: .85rem; line-height: 1.35; }
        footer { margin-top: 2rem; }
        """;

    public static string Of(RunReport report, IReadOnlyList<ReportPicture> pictures)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encode(report.Title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>{Encode(report.Title)}</h1>

            """);
        AppendFigures(page, report);
        foreach (ReportPicture picture in pictures)
            AppendPicture(page, picture);
        AppendClasses(page, report);
        AppendSettings(page, report);
        AppendEpochs(page, report);
        page.Append("<footer>Written by NeuralNetFromScratch.</footer>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void AppendFigures(StringBuilder page, RunReport report)
    {
        EvaluationResult evaluation = report.Evaluation;
        List<(string Value, string Name)> figures =
        [
            (evaluation.Accuracy.ToString("P2", CultureInfo.InvariantCulture), "test accuracy"),
            (evaluation.Loss.ToString("F4", CultureInfo.InvariantCulture), "test loss"),
            (evaluation.ConfusionMatrix.F1(ClassAveraging.Macro).ToString("F4", CultureInfo.InvariantCulture), "macro F1"),
            (report.Network.Parameters.TrainableCount.ToString("N0", CultureInfo.InvariantCulture), "parameters"),
        ];
        if (report.Epochs.Count > 0)
            figures.Add((report.Epochs.Sum(epoch => epoch.Duration.TotalSeconds).ToString("F2", CultureInfo.InvariantCulture) + " s", "training"));
        page.Append("<div class=\"figures\">\n");
        foreach ((string value, string name) in figures)
            page.Append(CultureInfo.InvariantCulture, $"<div><strong>{value}</strong><span>{name}</span></div>\n");
        page.Append("</div>\n");
    }

    private static void AppendPicture(StringBuilder page, ReportPicture picture) =>
        page.Append(CultureInfo.InvariantCulture, $"""
            <h2>{Encode(picture.Description)}</h2>
            <figure><picture>
            <source media="(prefers-color-scheme: dark)" srcset="{DataUri(picture.Dark)}">
            <img alt="{Encode(picture.Description)}" width="{Width(picture.Light)}" src="{DataUri(picture.Light)}">
            </picture></figure>

            """);

    private static void AppendClasses(StringBuilder page, RunReport report)
    {
        ConfusionMatrix confusion = report.Evaluation.ConfusionMatrix;
        IEnumerable<string[]> rows = report.Classes.Select((name, label) => (string[])
        [
            name, Share(confusion.Precision(label)), Share(confusion.Recall(label)), Share(confusion.F1(label)), Number(confusion.Support(label)),
        ]);
        string[] mean = ["mean", Share(confusion.Precision(ClassAveraging.Macro)), Share(confusion.Recall(ClassAveraging.Macro)), Share(confusion.F1(ClassAveraging.Macro)), Number(confusion.Count)];
        page.Append("<h2>Each class</h2>\n");
        AppendTable(page, ["class", "precision", "recall", "F1", "samples"], [.. rows, mean]);
    }

    private static void AppendSettings(StringBuilder page, RunReport report)
    {
        page.Append("<h2>How it was made</h2>\n<div class=\"table\"><table class=\"settings\"><tbody>\n");
        foreach ((string name, string value) in report.Settings)
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Encode(name)}</th><td>{Encode(value)}</td></tr>\n");
        page.Append(CultureInfo.InvariantCulture, $"</tbody></table></div>\n<details><summary>The network</summary><div class=\"table\"><pre>{Encode(report.Network.Summary())}</pre></div></details>\n");
    }

    private static void AppendEpochs(StringBuilder page, RunReport report)
    {
        if (report.Epochs.Count == 0)
            return;
        bool validates = report.Epochs.Any(epoch => epoch.Validation is not null);
        string[] validation = validates ? ["validation loss", "validation accuracy"] : [];
        page.Append(CultureInfo.InvariantCulture, $"<details><summary>Each {report.EpochName}</summary>\n");
        AppendTable(page, [report.EpochName, "training loss", "training accuracy", .. validation, "seconds", "samples/s"], report.Epochs.Select(Cells));
        page.Append("</details>\n");

        string[] Cells(EpochRecord epoch)
        {
            string[] figures = validates ? [Loss(epoch.Validation?.Loss), epoch.Validation?.Accuracy is { } accuracy ? Share(accuracy) : ""] : [];
            return
            [
                Number(epoch.Epoch), Loss(epoch.Training.Loss), Share(epoch.Training.Accuracy), .. figures,
                epoch.Duration.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture), epoch.SamplesPerSecond.ToString("N0", CultureInfo.InvariantCulture),
            ];
        }
    }

    private static void AppendTable(StringBuilder page, string[] header, IEnumerable<string[]> rows)
    {
        page.Append("<div class=\"table\"><table><thead><tr>");
        foreach (string name in header)
            page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Encode(name)}</th>");
        page.Append("</tr></thead><tbody>\n");
        foreach (string[] row in rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Encode(row[0])}</th>");
            foreach (string cell in row.Skip(1))
                page.Append(CultureInfo.InvariantCulture, $"<td>{Encode(cell)}</td>");
            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string DataUri(byte[] png) => "data:image/png;base64," + Convert.ToBase64String(png);

    /// <summary>Returns the width in the header of a PNG, in units of the drawing.</summary>
    private static int Width(byte[] png) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)) / Picture.Scale;

    private static string Share(double share) => share.ToString("P2", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Loss(double? loss) => loss?.ToString("F4", CultureInfo.InvariantCulture) ?? "";
}
