using NeuralNetFromScratch.Mpi;

namespace NeuralNetFromScratch.Tests.Mpi;

/// <summary>Which launcher started a process, by what Open MPI 4 and 5, MPICH 4, Intel MPI and Slurm put into the environment.</summary>
public class LauncherTests
{
    [TestCase("OMPI_COMM_WORLD_SIZE=4;PMIX_RANK=1", "mpirun of Open MPI", 4, "libmpi.so.40", TestName = "mpirun_of_Open_MPI")]
    [TestCase("PMI_SIZE=2;PMI_RANK=0;MPI_LOCALNRANKS=2", "mpirun of MPICH, or a launcher with PMI", 2, "libmpich.so.12", TestName = "mpirun_of_MPICH")]
    [TestCase("PMIX_RANK=0;SLURM_STEP_NUM_TASKS=8", "a launcher with PMIx", 8, "libmpi.so.40", TestName = "srun_with_PMIx")]
    [TestCase("PMI_RANK=0;SLURM_STEP_NUM_TASKS=8", "mpirun of MPICH, or a launcher with PMI", 8, "libmpich.so.12", TestName = "srun_with_PMI_2")]
    [TestCase("PMIX_RANK=0", "a launcher with PMIx", null, "libmpi.so.40", TestName = "A_launcher_that_does_not_tell_the_number_of_processes")]
    [TestCase("SLURM_STEP_NUM_TASKS=8;SLURM_PROCID=0", "srun without an MPI plugin", 8, "libmpi.so.40", TestName = "srun_without_a_plugin")]
    [Platform("Linux")]
    public void A_launcher_is_known_from_the_environment(string environment, string name, int? processes, string first)
    {
        Launcher? found = Find(environment);
        Assert.That(found, Is.Not.Null);
        Assert.That((found.Name, found.ProcessCount, found.Libraries[0]), Is.EqualTo((name, processes, first)));
        Assert.That(found.Libraries, Does.Contain("libmpi_abi.so.1").And.Contain("libmpi_abi.so.0").And.Unique);
    }

    [TestCase("")]
    [TestCase("SLURM_STEP_NUM_TASKS=1;SLURM_PROCID=0")]
    [TestCase("SLURM_NTASKS=8;SLURM_PROCID=0")]
    [TestCase("OMPI_COMM_WORLD_SIZE=")]
    public void A_program_that_is_started_by_itself_has_none(string environment) => Assert.That(Find(environment), Is.Null);

    private static Launcher? Find(string environment)
    {
        var variables = environment.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return Launcher.Find(variables.GetValueOrDefault);
    }
}
