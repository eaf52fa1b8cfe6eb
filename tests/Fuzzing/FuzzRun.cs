using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace NeuralNetFromScratch.Fuzzing;

/// <summary>Tries a reader with mutations of valid files: nothing but <see cref="InvalidDataException"/> may come out, in bounded memory.</summary>
public static class FuzzRun
{
    private const int MaximumFailures = 20, MostOfMessage = 10_000;

    /// <param name="target">The reader.</param>
    /// <param name="seed">Seed of the mutations.</param>
    /// <param name="first">Number of the first mutation.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public static FuzzReport Run(FuzzTarget target, ulong seed, ulong first, ulong count, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var failures = new List<FuzzFailure>();
        foreach (byte[] valid in target.Seeds)
            target.Read(valid);
        for (int crafted = 0; crafted < target.Crafted.Count; crafted++)
        {
            if (Catch(target, target.Crafted[crafted]) is { } thrown and not InvalidDataException)
                failures.Add(new FuzzFailure((ulong)crafted, target.Crafted[crafted], thrown.ToString()));
        }

        long accepted = 0, mostBytes = 0, files = 0;
        ulong mostBytesNumber = 0, mostSecondsNumber = 0;
        double mostSeconds = 0;
        for (ulong number = first; number < first + count && failures.Count < MaximumFailures && !cancellationToken.IsCancellationRequested; number++)
        {
            byte[] file = Mutation(target, seed, number);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            Exception? thrown = Catch(target, file);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (seconds > mostSeconds)
                (mostSeconds, mostSecondsNumber) = (seconds, number);
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before, allowed = target.FixedBytes + target.BytesPerByte * file.Length;
            files++;
            if (thrown is null)
                accepted++;
            else if (thrown is not InvalidDataException)
                failures.Add(new FuzzFailure(number, file, thrown.ToString()));
            if (thrown is not null && Unshowable(thrown) is { } message)
                failures.Add(new FuzzFailure(number, file, $"a message of {message.Length} characters cannot be shown: {message[..Math.Min(message.Length, 200)]}"));
            if (bytes > allowed)
                failures.Add(new FuzzFailure(number, file, $"{bytes} bytes were allocated for a file of {file.Length}; allowed are {allowed}"));
            if (bytes > mostBytes)
                (mostBytes, mostBytesNumber) = (bytes, number);
        }

        return new FuzzReport(files, accepted, mostBytes, mostBytesNumber, mostSeconds, mostSecondsNumber, failures);
    }

    /// <summary>The mutation of a number.</summary>
    public static byte[] Mutation(FuzzTarget target, ulong seed, ulong number)
    {
        ArgumentNullException.ThrowIfNull(target);
        var mutator = new Mutator(seed, number);
        return target.Mutate(mutator.Pick(target.Starts), mutator);
    }

    /// <summary>A message, of an exception or of what caused it, that is too long to be read or steers a terminal; null where there is none.</summary>
    public static string? Unshowable(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        for (Exception? one = exception; one is not null; one = one.InnerException)
        {
            if (one.Message.Length > MostOfMessage || one.Message.Any(character => char.IsControl(character) && character is not ('\n' or '\r')))
                return one.Message;
        }

        return null;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Which exceptions come out is what is tried.")]
    private static Exception? Catch(FuzzTarget target, byte[] file)
    {
        try
        {
            target.Read(file);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
