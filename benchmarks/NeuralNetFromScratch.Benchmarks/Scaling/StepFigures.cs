using System.Globalization;

namespace NeuralNetFromScratch.Benchmarks.Scaling;

/// <summary>Seconds of a training step of one process: the best of several epochs.</summary>
/// <param name="Step">The whole step.</param>
/// <param name="Computing">The gradients of the process's own shards.</param>
/// <param name="Waiting">The time from the last own gradient to the last sum: what does not hide behind computing.</param>
internal sealed record StepFigures(double Step, double Computing, double Waiting)
{
    /// <summary>The exchange of the same gradients by itself; 0 for one process.</summary>
    public double Exchange { get; init; }

    /// <summary>The step of a process that computes all samples at once, without shards; 0 for several processes.</summary>
    public double Whole { get; init; }

    /// <summary>The step of processes that compute the same shards at the same time, and exchange nothing; 0 for one process.</summary>
    public double Apart { get; init; }

    public static StepFigures Parse(ReadOnlySpan<string> words) =>
        new(Number(words[0]), Number(words[1]), Number(words[2])) { Exchange = Number(words[3]), Whole = Number(words[4]), Apart = Number(words[5]) };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Step:R} {Computing:R} {Waiting:R} {Exchange:R} {Whole:R} {Apart:R}");

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>What two processes of this machine take to exchange bytes.</summary>
/// <param name="Latency">Seconds of an exchange of a few bytes.</param>
/// <param name="Bandwidth">Bytes a second in each direction.</param>
/// <param name="Addition">Bytes of floats a second that a process adds to others.</param>
/// <param name="Sum">Seconds of the sum of 64 MB of gradients.</param>
/// <param name="Copy">Seconds in which both processes copy as many bytes as they receive, and add as many as they add.</param>
internal sealed record LinkFigures(double Latency, double Bandwidth, double Addition, double Sum, double Copy)
{
    public static LinkFigures Parse(ReadOnlySpan<string> words) => new(Number(words[0]), Number(words[1]), Number(words[2]), Number(words[3]), Number(words[4]));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Latency:R} {Bandwidth:R} {Addition:R} {Sum:R} {Copy:R}");

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
