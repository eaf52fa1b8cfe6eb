using Spectre.Console;

namespace NeuralNetFromScratch.Tool;

/// <summary>A progress bar for each file of a download; nothing where the output is no terminal.</summary>
internal static class DownloadBar
{
    public static async Task ShowAsync(IAnsiConsole console, Func<IProgress<DownloadProgress>, Task> download)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            await download(new Progress<DownloadProgress>());
            return;
        }

        await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
            .StartAsync(context => download(new Bars(context)));
    }

    private sealed class Bars(ProgressContext context) : IProgress<DownloadProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(DownloadProgress value)
        {
            if (!_tasks.TryGetValue(value.File, out ProgressTask? task))
                _tasks[value.File] = task = context.AddTask(value.File, maxValue: value.TotalBytes ?? double.MaxValue);
            task.Value = value.BytesReceived;
        }
    }
}
