using System.CommandLine;

namespace NeuralNetFromScratch.Tool;

/// <summary>Runs a command line. An error is printed as one line that says what to do, without a stack trace.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(RootCommand command, IReadOnlyList<string> arguments, TextWriter error, CancellationToken cancellation = default)
    {
        ParseResult parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // Errors of given arguments are more helpful than missing arguments.
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
            // Names of parameters do not help users of the tool.
            string parameter = exception is ArgumentException { ParamName: { } name } ? $" (Parameter '{name}')" : "\n";
            return Fail(ExitCode.BadUsage, exception.Message.Replace(parameter, "", StringComparison.Ordinal));
        }

        int Fail(int code, string message)
        {
            error.WriteLine(string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
            return code;
        }
    }

    /// <summary>Runs a command that Ctrl+C cancels. A second Ctrl+C ends the process.</summary>
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
