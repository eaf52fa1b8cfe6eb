using System.CommandLine;

namespace NeuralNetFromScratch.Tool;

/// <summary>Runs a command line so that an error is one line which says what to do, and never a stack trace.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(RootCommand command, IReadOnlyList<string> arguments, TextWriter error, CancellationToken cancellation = default)
    {
        ParseResult parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // What was written tells more than what is missing.
            string problem = parsed.UnmatchedTokens is [var unknown, ..] ? $"Unrecognized command or argument '{unknown}'" : parsed.Errors[0].Message.TrimEnd('.');
            return Fail(ExitCode.BadUsage, $"{problem}. --help lists what there is.");
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Error = error }, cancellation);
        }
        catch (OperationCanceledException)
        {
            return Fail(ExitCode.Interrupted, "Stopped.");
        }
        catch (NotFiniteNumberException exception)
        {
            return Fail(ExitCode.Failed, $"The training diverged: {exception.Message}. Try a lower --learning-rate.");
        }
        catch (Exception exception) when (exception is OutOfMemoryException or OverflowException)
        {
            return Fail(ExitCode.Failed, $"This is too large for the memory: {exception.Message} Try a smaller network or batch.");
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Which parameter of which method it was is nothing to a user.
            string parameter = exception is ArgumentException { ParamName: { } name } ? $" (Parameter '{name}')" : "\n";
            return Fail(ExitCode.BadUsage, exception.Message.Replace(parameter, "", StringComparison.Ordinal));
        }

        int Fail(int code, string message)
        {
            error.WriteLine(string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
            return code;
        }
    }

    /// <summary>Runs a command that Ctrl+C stops in an orderly way; a second Ctrl+C insists.</summary>
    public static async Task<int> RunUntilInterruptedAsync(Func<CancellationToken, Task<int>> run)
    {
        using var cancellation = new CancellationTokenSource();
        Console.CancelKeyPress += Cancel;
        try
        {
            return await run(cancellation.Token);
        }
        finally
        {
            Console.CancelKeyPress -= Cancel;
        }

        void Cancel(object? sender, ConsoleCancelEventArgs pressed)
        {
            pressed.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        }
    }
}
