using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text.Json;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>The table, printed row by row as it grows.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<Row> _rows = [];

    public static void WriteHeader(BenchmarkData data)
    {
        Write($"{Environment.ProcessorCount} processors, registers of {8 * sizeof(float) * Lanes()} bits, .NET {Environment.Version}, data: {data.Name}");
        if (!OpenBlas.IsInstalled)
            Write($"MISSING PEER: OpenBLAS (libopenblas.so.0; Debian: libopenblas0-pthread)");
        Write($"{"",-46} {"ours",10} {"peer",10} {"unit",-8} {"ratio",7} {"median",7}  target");
    }

    public void Add(Row row)
    {
        _rows.Add(row);
        string verdict = row.Passes switch { true => "ok", false => "SHORT", null => row.Target.Length == 0 ? "" : "peer missing" };
        Write($"{row.Name,-46} {row.Ours,10:G4} {row.Peer,10:G4} {row.Unit,-8} {row.Ratio,7:F3} {row.MedianRatio,7:F3}  {row.Target} {verdict}");
    }

    /// <summary>A row whose ratio must not fall below a bound.</summary>
    public void AddAtLeast(string name, double? ours, double? peer, string unit, double? ratio, double bound, double? medianRatio = null) =>
        Add(new(name, ours, peer, unit, ratio, medianRatio, $"≥ {bound.ToString(CultureInfo.InvariantCulture)}", ratio is null ? null : ratio >= bound));

    /// <summary>A row whose ratio must not exceed a bound.</summary>
    public void AddAtMost(string name, double? ours, double? peer, string unit, double? ratio, double bound, double? medianRatio = null) =>
        Add(new(name, ours, peer, unit, ratio, medianRatio, $"≤ {bound.ToString(CultureInfo.InvariantCulture)}", ratio is null ? null : ratio <= bound));

    /// <summary>A row that is there to be known.</summary>
    public void AddWithoutTarget(string name, double ours, double? peer, string unit) => Add(new(name, ours, peer, unit, ours / peer, null, "", null));

    public void WriteFooter(TimeSpan elapsed) =>
        Write($"{_rows.Count(row => row.Passes == true)} at their target, {_rows.Count(row => row.Passes == false)} short, {elapsed.TotalSeconds:F0} s");

    public void WriteJson(string path) => File.WriteAllText(path, JsonSerializer.Serialize(_rows, Format) + "\n");

    private static int Lanes() => SimdWidths.Best switch
    {
        SimdWidth.Bits512 => Vector512<float>.Count,
        SimdWidth.Bits256 => Vector256<float>.Count,
        SimdWidth.Bits128 => Vector128<float>.Count,
        _ => 1,
    };

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
