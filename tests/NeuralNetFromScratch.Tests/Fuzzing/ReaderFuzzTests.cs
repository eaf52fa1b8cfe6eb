using NeuralNetFromScratch.Fuzzing;

namespace NeuralNetFromScratch.Tests.Fuzzing;

/// <summary>Mutations of valid files: nothing but <see cref="InvalidDataException"/> comes out of a reader, in bounded memory.</summary>
public class ReaderFuzzTests
{
    private const ulong Count = 20_000;

    [Test]
    [Category("Fuzzing")]
    [CancelAfter(300_000)]
    public void Only_the_promised_exception_comes_out([ValueSource(nameof(Formats))] string format, CancellationToken cancellationToken)
    {
        FuzzReport report = FuzzRun.Run(FuzzTargets.All.Single(target => target.Name == format), seed: 20_260, first: 0, Count, cancellationToken);
        TestContext.Out.WriteLine($"{report.Files} files, {report.Accepted} still valid, at most {report.MostBytes} bytes for one");
        Assert.That(report.Failures.Select(failure => $"{format} {failure.Number}: {failure.Reason}"), Is.Empty);
        Assert.That(report.Files, Is.EqualTo((long)Count), "none hung");
        Assert.That(report.Accepted, Is.InRange(1, (long)Count - 1), "mutations are neither all harmless nor all fatal");
    }

    [Test]
    public void A_number_gives_the_same_mutation_again()
    {
        foreach (FuzzTarget target in FuzzTargets.All)
        {
            byte[][] first = [.. Enumerable.Range(0, 20).Select(number => FuzzRun.Mutation(target, 1, (ulong)number))];
            byte[][] again = [.. Enumerable.Range(0, 20).Select(number => FuzzRun.Mutation(target, 1, (ulong)number))];
            byte[][] others = [.. Enumerable.Range(0, 20).Select(number => FuzzRun.Mutation(target, 2, (ulong)number))];
            Assert.That(again, Is.EqualTo(first), target.Name);
            Assert.That(others, Is.Not.EqualTo(first), target.Name);
        }
    }

    [Test]
    public void A_reader_that_breaks_its_promise_is_found()
    {
        FuzzReport report = FuzzRun.Run(new Careless(), 1, 0, 1000);
        Assert.That(report.Failures.Select(failure => failure.Reason), Has.Some.Contains(nameof(IndexOutOfRangeException)).And.Some.Contains("bytes were allocated"));
    }

    private static IEnumerable<string> Formats() => FuzzTargets.All.Select(target => target.Name);

    /// <summary>Believes what the first byte says of the length.</summary>
    private sealed class Careless : FuzzTarget
    {
        public override string Name => "careless";

        public override IReadOnlyList<byte[]> Seeds { get; } = [[2, 0, 0]];

        public override long FixedBytes => 1000;

        public override long BytesPerByte => 1;

        public override void Read(byte[] file)
        {
            byte last = file[new byte[100 * file[0]].Length / 100];
            if (last != 0)
                throw new InvalidDataException();
        }
    }
}
