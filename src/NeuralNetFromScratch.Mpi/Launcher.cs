using System.Globalization;

namespace NeuralNetFromScratch.Mpi;

/// <summary>The launcher that started the processes, as determined from environment variables.</summary>
/// <param name="Name">The name of the launcher in messages.</param>
/// <param name="ProcessCount">The number of processes that it started; null if no environment variable contains it.</param>
/// <param name="Libraries">The names of the compatible libraries, the preferred one first.</param>
internal sealed record Launcher(string Name, int? ProcessCount, IReadOnlyList<string> Libraries)
{
    /// <summary>Finds the launcher from the environment variables; returns null if no launcher started this process.</summary>
    /// <param name="read">Returns the value of a variable; null if it is not set.</param>
    public static Launcher? Find(Func<string, string?> read)
    {
        string[] openMpi = LibraryNames("mpi", 40), standard = LibraryNames("mpi_abi", 1, 0), mpich = [.. LibraryNames("mpich", 12), .. LibraryNames("mpi", 12)];
        // Set by srun for the processes of a step, even if another variable determines how the library finds the other processes.
        int? tasks = Count("SLURM_STEP_NUM_TASKS");
        if (Count("OMPI_COMM_WORLD_SIZE") is { } size)
            return new("mpirun of Open MPI", size, [.. openMpi, .. standard]);
        if (read("PMIX_RANK") is not null)
            return new("a launcher with PMIx", tasks, [.. openMpi, .. standard, .. mpich]);
        if (read("PMI_RANK") is not null)
            return new("mpirun of MPICH, or a launcher with PMI", Count("PMI_SIZE") ?? tasks, [.. mpich, .. standard, .. openMpi]);
        return tasks > 1 ? new("srun without an MPI plugin", tasks, [.. openMpi, .. standard, .. mpich]) : null;

        int? Count(string name) => int.TryParse(read(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
    }

    private static string[] LibraryNames(string name, params int[] versions) =>
        [.. versions.Select(version => OperatingSystem.IsMacOS() ? $"lib{name}.{version}.dylib" : $"lib{name}.so.{version}")];
}
