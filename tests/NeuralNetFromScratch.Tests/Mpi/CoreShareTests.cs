using NeuralNetFromScratch.Mpi;

namespace NeuralNetFromScratch.Tests.Mpi;

/// <summary>Processes of one machine divide its cores.</summary>
public class CoreShareTests
{
    // Each process is machine:processors; the first one's cores are counted.
    [TestCase(8, "a:0-7", ExpectedResult = 8, TestName = "A_process_alone_has_all")]
    [TestCase(8, "a:0-7 a:0-7", ExpectedResult = 4, TestName = "Two_that_are_not_bound_have_half_each")]
    [TestCase(8, "a:0-7 a:0-7 a:0-7", ExpectedResult = 2, TestName = "Three_have_a_third_rounded_down")]
    [TestCase(9, "a:0-8 a:0-8 a:0-8", ExpectedResult = 3, TestName = "A_third_is_exact_where_it_can_be")]
    [TestCase(4, "a:0-3 a:4-7", ExpectedResult = 4, TestName = "Two_that_are_bound_apart_have_what_they_are_bound_to")]
    [TestCase(8, "a:0-7 b:0-7", ExpectedResult = 8, TestName = "Other_machines_do_not_count")]
    [TestCase(2, "a:0-1 a:0-1 a:0-1 a:0-1", ExpectedResult = 1, TestName = "There_is_always_one")]
    [TestCase(4, "a:0-3 a:2-5", ExpectedResult = 3, TestName = "Processors_that_overlap_are_shared")]
    [TestCase(4, "a:0-7 a:8-15", ExpectedResult = 4, TestName = "Hardware_threads_of_one_core_are_not_cores")]
    [TestCase(2, "a:0,2-3,8 a:8 a:8 a:8", ExpectedResult = 1, TestName = "Lists_have_gaps")]
    public int The_share_of_a_process(int cores, string processes)
    {
        byte[] records = [.. processes.Split(' ').SelectMany(process => Record(process.Split(':')[0], process.Split(':')[1]))];
        return CoreShare.Cores(cores, records, 0);
    }

    [Test]
    public void Without_files_of_Linux_a_process_may_use_all_processors_of_its_machine()
    {
        byte[] record = CoreShare.Record(_ => null);
        Assert.That(CoreShare.Cores(6, [.. record, .. record], 1), Is.EqualTo(3));
    }

    private static byte[] Record(string machine, string processors) => CoreShare.Record(path => path switch
    {
        "/proc/sys/kernel/random/boot_id" => machine,
        "/proc/self/status" => $"Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t{processors}\nMems_allowed:\t1\n",
        _ => throw new ArgumentException(path),
    });
}
