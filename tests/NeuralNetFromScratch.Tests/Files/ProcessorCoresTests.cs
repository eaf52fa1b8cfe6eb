using System.Buffers.Binary;

namespace NeuralNetFromScratch.Tests.Files;

/// <summary>Cores as operating systems describe them: what Linux' files, Windows' records and macOS' numbers say on some machines.</summary>
public class ProcessorCoresTests
{
    [TestCase("0-1", "0 1", null, null, 2, TestName = "Linux_two_cores_of_a_virtual_machine")]
    [TestCase("0-7", "0,4 1,5 2,6 3,7 0,4 1,5 2,6 3,7", null, null, 4, TestName = "Linux_four_cores_with_two_threads_each")]
    [TestCase("0-7", "0-1 0-1 2-3 2-3 4-5 4-5 6-7 6-7", null, null, 4, TestName = "Linux_four_cores_with_neighbouring_threads")]
    [TestCase("1,3", "0-1 0-1 2-3 2-3", null, null, 2, TestName = "Linux_an_affinity_of_one_thread_of_each_core")]
    [TestCase("2-3", "0-1 0-1 2-3 2-3", null, null, 1, TestName = "Linux_an_affinity_of_both_threads_of_a_core")]
    [TestCase("0-7", "0-1 0-1 2-3 2-3 4 5 6 7", "0-3", null, 2, TestName = "Linux_Intels_hybrid_processor")]
    [TestCase("4-7", "0-1 0-1 2-3 2-3 4 5 6 7", "0-3", null, 4, TestName = "Linux_an_affinity_of_efficiency_cores_alone")]
    [TestCase("0-7", "0 1 2 3 4 5 6 7", null, "160 160 160 160 498 498 498 1024", 1, TestName = "Linux_ARM_of_three_kinds_of_cores")]
    [TestCase("0-5", "0 1 2 3 4 5", null, "485 485 485 485 1024 1024", 2, TestName = "Linux_ARM_of_two_kinds_of_cores")]
    [TestCase("0-3", "0 1 2 3", null, "1024 1024 1024 1024", 4, TestName = "Linux_ARM_of_one_kind")]
    public void Linux(string allowed, string siblings, string? performance, string? capacities, int expected)
    {
        string[] cores = siblings.Split(' ');
        var files = new Dictionary<string, string> { ["/proc/self/status"] = $"Name:\tdotnet\nCpus_allowed:\tff\nCpus_allowed_list:\t{allowed}\nMems_allowed:\t1\n" };
        for (int i = 0; i < cores.Length; i++)
        {
            files[$"/sys/devices/system/cpu/cpu{i}/topology/core_cpus_list"] = cores[i] + "\n";
            if (capacities is not null)
                files[$"/sys/devices/system/cpu/cpu{i}/cpu_capacity"] = capacities.Split(' ')[i] + "\n";
        }

        if (performance is not null)
            files["/sys/devices/cpu_core/cpus"] = performance + "\n";
        Assert.That(ProcessorCores.OfLinux(files.GetValueOrDefault), Is.EqualTo(expected));
    }

    [Test]
    public void Older_Linux_calls_the_threads_of_a_core_siblings()
    {
        var files = new Dictionary<string, string>
        {
            ["/proc/self/status"] = "Cpus_allowed_list:\t0-1\n",
            ["/sys/devices/system/cpu/cpu0/topology/thread_siblings_list"] = "0-1\n",
            ["/sys/devices/system/cpu/cpu1/topology/thread_siblings_list"] = "0-1\n",
        };
        Assert.That(ProcessorCores.OfLinux(files.GetValueOrDefault), Is.EqualTo(1));
    }

    [TestCase(null)]
    [TestCase("Name:\tdotnet\n")]
    [TestCase("Cpus_allowed_list:\t\n")]
    [TestCase("Cpus_allowed_list:\tmany\n")]
    [TestCase("Cpus_allowed_list:\t0-99999999999\n")]
    [TestCase("Cpus_allowed_list:\t0-1\n")]
    public void Files_that_do_not_say_it_give_nothing(string? status) =>
        Assert.That(ProcessorCores.OfLinux(path => path == "/proc/self/status" ? status : null), Is.Null);

    [TestCase("0 0 0 0", 4)]
    [TestCase("1 1 0 0 0 0", 2)]
    [TestCase("0 0 0 0 1 1 2", 1)]
    public void Windows_counts_the_cores_of_the_highest_class(string classes, int expected)
    {
        // A record: relation, size, flags (1: two threads), efficiency class, 20 reserved bytes, one group, its mask, number and 6 reserved bytes.
        const int Size = 48;
        int[] efficiencies = [.. classes.Split(' ').Select(int.Parse)];
        var records = new byte[Size * efficiencies.Length];
        for (int core = 0; core < efficiencies.Length; core++)
        {
            Span<byte> record = records.AsSpan(core * Size, Size);
            BinaryPrimitives.WriteInt32LittleEndian(record[4..], Size);
            (record[8], record[9], record[30]) = (1, (byte)efficiencies[core], 1);
            BinaryPrimitives.WriteUInt64LittleEndian(record[32..], 3UL << (2 * core));
        }

        Assert.That(ProcessorCores.OfWindows(records), Is.EqualTo(expected));
        Assert.That(ProcessorCores.OfWindows(records.AsSpan(0, Size - 1)), Is.Null);
    }

    [Test]
    public void Windows_records_that_are_malformed_give_nothing()
    {
        Assert.That(ProcessorCores.OfWindows([]), Is.Null);
        Assert.That(ProcessorCores.OfWindows(new byte[48]), Is.Null);
    }

    [Test]
    public void MacOS_counts_performance_cores_where_there_are_levels()
    {
        Assert.That(ProcessorCores.OfMacOS(name => name switch { "hw.perflevel0.physicalcpu" => 4, "hw.physicalcpu" => 8, _ => null }), Is.EqualTo(4));
        Assert.That(ProcessorCores.OfMacOS(name => name == "hw.physicalcpu" ? 6 : null), Is.EqualTo(6));
        Assert.That(ProcessorCores.OfMacOS(_ => null), Is.Null);
    }

    [Test]
    public void This_machine_has_at_least_one_core_and_at_most_its_processors() =>
        Assert.That(ProcessorCores.Count, Is.InRange(1, Environment.ProcessorCount));
}
